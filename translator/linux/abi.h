/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's interface as a guest program was made for it: the second of the two seams between guests (docs/HACKING.md,
 * "Rooms"). Code in linux/ asks guest_abi and knows no machine; the folders below linux/ have what guest_abi points to. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpu;
struct guest;
struct guest_sigaction;
struct linux_siginfo;
struct thread;

/* One row of the table of system calls. */
struct abi_call {
        uint16_t name, arguments; /* where these texts begin in abi_calls.texts; name is 0 where there is no such call */
        uint16_t host;            /* the host's number plus one, where the call is passed on as it is; else 0 */
        char result;              /* the letter behind "=" of `arguments`, or 0 */
};

/* A call that has no row, because its number is far above all others. */
struct abi_other_call {
        uint32_t nr;
        char name[12], arguments[4];
};

/* The system calls. Texts are one object of characters, and rows have offsets into it, because pointers would have to be
 * relocated at each start. */
struct abi_calls {
        unsigned count; /* numbers from 0 to count - 1 may have a row */
        const struct abi_call *rows;
        const char *texts;
        const struct abi_other_call *others;
        unsigned n_others;
        /* Makes a call that is not passed on. Returns its result, a negative errno, or one of enum sys_result; false where no
         * handler has that number. */
        bool (*handle)(struct thread *t, uint64_t nr, const uint64_t a[6], long *ret);
};

/* A structure that the guest may have otherwise than the host. Both functions are NULL where the guest's is the host's. */
struct abi_struct {
        uint16_t size; /* bytes of the guest's; 0: it is the host's */
        void (*to_host)(void *host, const void *guest);
        void (*to_guest)(void *guest, const void *host);
};

/* A flag of open(2) that has another value on the host. */
struct abi_flag {
        uint32_t guest, host;
};

/* A CPU that programs may be told they run on. All CPUs of a guest execute the same instructions. */
struct abi_cpu {
        const char *name;     /* in the list of -cpu */
        const char *machine;  /* uname(2), /proc/sys/kernel/arch */
        const char *platform; /* AT_PLATFORM */
        uint64_t hwcap, hwcap2;
};

/* How a guest's kernel lays out the address space of a program. A guest with as much of it as the host leaves the places of most
 * mappings to the host's kernel (`stack_top` is 0); for the others mm_space.h has them. Random parts are in pages, where they
 * begin at 0 and end before the number. */
struct abi_space {
        uint64_t end;       /* TASK_SIZE: no mapping of the program's ends behind it */
        uint64_t program;   /* ELF_ET_DYN_BASE: of a program that runs anywhere */
        uint64_t stack_top; /* the stack ends here, or below by a random part */
        uint64_t bottom_up; /* TASK_UNMAPPED_BASE: the lowest mapping where the stack has no limit (mmap_is_legacy()) */
        uint32_t program_random, stack_random, mappings_random, break_random;
};

struct abi {
        /* ---- which programs it is for, and what these are told about the machine ---- */
        const struct guest *guest;   /* their instructions and ELF header (guest/guest.h) */
        const char *sysroot;         /* where Debian's QEMU looks for an ELF interpreter by itself */
        const struct abi_cpu *cpus;  /* up to one without a name; the first is the CPU of who chooses none */
        const char *machine_linux32; /* what uname(2) says with personality(PER_LINUX32), or NULL: the same */
        /* Writes what /proc/cpuinfo says of CPU number k. Returns the length, as snprintf(3). */
        int (*cpuinfo)(char *buf, size_t size, unsigned k);
        const char *cpuinfo_end; /* what it says behind the last CPU, or NULL */
        /* Says what a program is that is for such a machine, but is none for this interface, by EI_OSABI and e_flags of its ELF
         * header; NULL for all others. NULL where there are none. */
        const char *(*refuses_elf)(bool big_endian, unsigned osabi, uint32_t flags);
        bool no_stack_note_is_all; /* without PT_GNU_STACK all that can be read may be executed; else nothing more may */
        struct abi_space space;

        /* ---- registers: indexes into cpu.x ---- */
        uint8_t x_number, x_arguments, x_result; /* of a system call; the six arguments are side by side */
        uint8_t x_sp;
        /* The address of the system call instruction that the CPU has just executed. */
        uint64_t (*call_address)(const struct cpu *cpu);
        /* The registers with which a program begins. */
        void (*first_registers)(struct cpu *cpu, uint64_t start, uint64_t sp);
        /* What differs in a child that clone(2) makes. stack is 0 where it stays, tls is NULL where that does. */
        void (*child_registers)(struct cpu *cpu, uint64_t stack, const uint64_t *tls);

        /* ---- system calls, and structures among their arguments ---- */
        const struct abi_calls *calls;
        const struct abi_flag *open_flags;
        unsigned n_open_flags;
        uint8_t word; /* bytes of a pointer in memory: 8 or 4 */
        struct abi_struct epoll_event, iovec, semid64_ds, sigaction, siginfo, sigaltstack, stat, timespec;

        /* ---- signals ---- */
        uint32_t minsigstksz;    /* MINSIGSTKSZ of asm/signal.h: no alternate stack is smaller */
        uint32_t at_minsigstksz; /* AT_MINSIGSTKSZ: what the largest frame takes */
        /* Builds the frame of `info` and points the guest at the handler. `mask` is what sigreturn restores. Returns 0 or
         * -EFAULT. */
        int (*push_frame)(struct thread *t, const struct guest_sigaction *act, const struct linux_siginfo *info, uint64_t mask);
        /* rt_sigreturn(2), or sigreturn(2) where `rt` is false: of the frame of a handler without SA_SIGINFO, on machines where that
         * has another one. Returns SYS_NO_RESULT, or SYS_RESTART_ALWAYS when a signal comes first. */
        long (*pop_frame)(struct thread *t, bool rt);
        /* Completes what is known of the recorded fault (thread_os.fault): its address in *info, and what frames say of it
         * (thread_os.fault_address, fault_syndrome). */
        void (*describe_fault)(struct thread *t, struct linux_siginfo *info);
        /* The instruction at cpu.pc cannot be read or may not be executed: raises the signal for that, or makes cpu.pc an address
         * where it can. */
        void (*fetch_fault)(struct thread *t);
        /* Called when a thread ends, by itself or with its process. NULL: there is nothing to do. */
        void (*thread_end)(struct thread *t);
        /* Maps the guest's vDSO; sets guest_vdso and signal_trampoline. Without memory there is none, which programs can live
         * with. */
        void (*map_vdso)(void);
};

/* The interface of the program that this process runs, and its CPU. Set by the loader, once. */
extern const struct abi *guest_abi;
extern const struct abi_cpu *guest_cpu;
/* Sets both, and the_guest. */
void abi_choose(const struct abi *abi);

/* Asks for a CPU of that name, which counts for programs whose interface has one. Returns false when none has. */
bool abi_wish_cpu(const char *name);

/* All that there are, up to NULL, and what the loader says of a program that is for none of them (main/connect.c). */
extern const struct abi *const all_abis[];
extern const char no_abi_for_it[];
/* The one for programs with this ELF header, or NULL. */
const struct abi *abi_of_elf(unsigned elf_class, unsigned elf_machine);

/* Reads a structure of the guest's at addr, or writes it, from or to *host of `size` bytes. Returns 0 or -EFAULT. */
int abi_read(const struct abi_struct *s, void *host, size_t size, uint64_t addr);
int abi_write(const struct abi_struct *s, uint64_t addr, const void *host, size_t size);
/* As these, by the name of the member of guest_abi. */
#define guest_get(name, host, addr) abi_read(&guest_abi->name, host, sizeof(*(host)), addr)
#define guest_put(name, addr, host) abi_write(&guest_abi->name, addr, host, sizeof(*(host)))
/* Bytes of the guest's structure of that name; `type` is the host's. */
#define guest_sizeof(name, type) (guest_abi->name.size ? guest_abi->name.size : sizeof(type))
/* Reads word number k of an array of pointers. Returns 0 or -EFAULT. */
int guest_get_word(uint64_t *ret, uint64_t array, uint64_t k);
