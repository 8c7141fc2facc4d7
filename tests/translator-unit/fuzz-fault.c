/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults in random regions: the journal must tell the guest's registers as the evaluator knows them at that instruction. */
#define _GNU_SOURCE /* REG_RAX */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "../../translator/ir/eval.h"
#include "fuzz-ir.h"

static sigjmp_buf after_fault;
static struct cpu cpu, evaluated;
static const uint8_t *code;
static const struct region_out *region;
static uint64_t region_pc;
bool fuzz_faulted;

static void on_fault(int sig, siginfo_t *info, void *context)
{
        static const int order[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                       REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };
        const mcontext_t *m = &((const ucontext_t *)context)->uc_mcontext;
        uint64_t gpr[16];
        vreg xmm[16];
        (void)info;
        uint64_t off = (uint64_t)m->gregs[REG_RIP] - (uint64_t)(uintptr_t)code;
        if (off >= region->code_size) { /* a fault of the test's own */
                signal(sig, SIG_DFL);
                return;
        }
        for (unsigned k = 0; k < 16; k++)
                gpr[k] = (uint64_t)m->gregs[order[k]];
        memcpy(xmm, m->fpregs->_xmm, sizeof(xmm));
        x64_recover(&cpu, region_pc, region->journal, region->njournal, (uint32_t)off, gpr, xmm, (uint64_t)m->gregs[REG_EFL]);
        cpu.fpsr |= fuzz_fpsr_of_mxcsr(m->fpregs->mxcsr);
        fuzz_faulted = true;
        siglongjmp(after_fault, 1);
}

static void catch_faults(void)
{
        static uint8_t stack[65536];
        const stack_t alt = { .ss_sp = stack, .ss_size = sizeof(stack) };
        struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        sigaltstack(&alt, NULL);
        sigaction(SIGSEGV, &act, NULL);
}

/* Makes of an access that a condition decides about a side exit, and of its result what it is when it does not happen. */
static void make_exit_if(struct ir *ir, unsigned at, int32_t insn)
{
        struct ir_ins *i = &ir->ins[at];
        ref old = i->c;
        for (unsigned r = at + 1; r < ir->n; r++) {
                struct ir_ins *use = &ir->ins[r];
                use->a = use->a == at ? old : use->a;
                use->b = use->b == at && use->op != IR_PUT ? old : use->b;
                use->c = use->c == at ? old : use->c;
        }
        *i = (struct ir_ins){ .op = IR_EXIT_IF, .sz = 3, .a = i->a, .aux = i->aux };
        i->disp = insn;
}

/* Makes the region end before its first access to memory. Returns false when it has none that is sure to fault when it is
 * reached. */
static bool cut(struct ir *ir)
{
        int32_t insn = 0;
        bool some = false;
        for (unsigned r = 1; r < ir->n; r++) {
                struct ir_ins *i = &ir->ins[r];
                if (i->op == IR_INSN)
                        insn = i->disp;
                if (!(ir_opinfo[i->op].flags & OF_MEM))
                        continue;
                if (i->op == IR_STX || i->op == IR_ALIGN)
                        return false;
                if (ir_opinfo[i->op].flags & OF_ASKS) {
                        make_exit_if(ir, r, insn);
                        some = true;
                        continue;
                }
                *i = (struct ir_ins){ .op = IR_EXIT, .sz = 3 };
                i->disp = insn;
                ir->n = r + 1;
                return true;
        }
        return some;
}

/* Returns the bits of cpu->flags that are asked for from the access on that faulted, in the instruction at pc, before they
 * change. */
static uint32_t needed_flags(const struct ir *ir, uint64_t pc)
{
        unsigned parts = 0, r = 1;
        while (r < ir->n && !(ir->ins[r].op == IR_INSN && ir->pc + (uint64_t)(int64_t)ir->ins[r].disp == pc))
                r++;
        while (r < ir->n && !(ir_opinfo[ir->ins[r].op].flags & OF_MEM))
                r++;
        for (; r < ir->n && !(ir->ins[r].op == IR_PUT && ir->ins[r].disp == SLOT_NZCV); r++)
                parts |= flags_asked[r];
        return flags_of_parts(parts);
}

/* Returns bits 15:8 of cpu->mode at the instruction at pc. */
static uint8_t mode_at(const struct ir *ir, uint64_t pc)
{
        for (unsigned r = 1; r < ir->n; r++)
                if (ir->ins[r].op == IR_INSN && ir->pc + (uint64_t)(int64_t)ir->ins[r].disp == pc)
                        return ir->ins[r].aux;
        return 0;
}

/* What is above 64 bits may be anything where a guest's vector registers have no more. */
static bool same_vectors(void)
{
        for (unsigned k = 0; k < 32; k++)
                if (memcmp(&cpu.v[k], &evaluated.v[k], fuzz_top_is_free ? 8 : 16))
                        return false;
        return true;
}

bool fault_is_right(const struct ir *ir, const struct cpu *start, const uint8_t *entry, const struct region_out *out)
{
        static struct ir before;
        struct eval_exit ex;
        before = *ir;
        if (!cut(&before))
                return true;
        cpu = evaluated = *start;
        fuzz_make_flags(&evaluated, ir->guest);
        code = entry;
        region = out;
        region_pc = ir->pc;
        fuzz_faulted = false;
        catch_faults();
        mprotect(memory, 4096, PROT_NONE);
        if (!sigsetjmp(after_fault, 1))
                fuzz_enter(&cpu, entry, out);
        mprotect(memory, 4096, PROT_READ | PROT_WRITE);
        if (!fuzz_faulted) /* it was left by a side exit before */
                return true;
        fuzz_make_flags(&cpu, ir->guest);
        if (!ir_eval(&before, &evaluated, &ex))
                return false;
        if ((cpu.flags ^ evaluated.flags) & needed_flags(ir, ex.pc)) {
                fprintf(stderr, "flags: compiled %#x, evaluated %#x, needed %#x\n", cpu.flags, evaluated.flags,
                        needed_flags(ir, ex.pc));
                return false;
        }
        if (fuzz_known_underflow(&cpu, &evaluated))
                return true;
        return cpu.pc == ex.pc && cpu.mode == mode_at_insn(evaluated.mode, mode_at(ir, ex.pc)) &&
               !memcmp(cpu.x, evaluated.x, sizeof(cpu.x)) && same_vectors();
}
