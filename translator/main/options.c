/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of options and environment variables (see options.h). They have the names that qemu-user has for them, so that users
 * know them already. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include "guest/guest.h"
#include "linux/abi.h"
#include "ir/passes.h"
#include "linux/descriptors.h"
#include "linux/settings.h"
#include "run/settings.h"
#include "options.h"
#include "rt/rt.h"
#include "worker/worker.h"

#ifndef PROJECT_VERSION
#define PROJECT_VERSION "unknown"
#endif

struct options options RT_MEDIUM;

static _Noreturn void usage_error(const char *what, const char *arg)
{
        rt_error("%s: %s (see binfmt-translator -help)", what, arg);
        rt_exit(2);
}

static void say(const char *s)
{
        (void)sys_call3(__NR_write, 1, s, strlen(s));
}

static uint64_t number(const char *name, const char *arg)
{
        uint64_t v;
        if (rt_parse_u64(arg, &v) < 0)
                usage_error(name, "takes a number");
        return v;
}

/* Reads a number of bytes. As with qemu-user, k or M behind the number stands for as many KiB or MiB. */
static uint64_t size(const char *name, const char *arg)
{
        size_t n = strlen(arg);
        char last = n ? arg[n - 1] : 0, digits[32];
        unsigned shift = last == 'M' ? 20 : last == 'k' || last == 'K' ? 10 : 0;
        if (!shift || n > sizeof(digits))
                return number(name, arg);
        rt_snprintf(digits, sizeof(digits), "%.*s", (int)n - 1, arg);
        return number(name, digits) << shift;
}

/* ---- comma lists ---- */

struct word {
        const char *name;
        uint32_t bit;
        const char *help;
};

static const struct word log_words[] = {
        { "in_asm", LOG_IN_ASM, "guest instructions as they are translated" },
        { "ir", LOG_IR, "intermediate representation of each region" },
        { "out_asm", LOG_OUT_ASM, "host code of each region, in hexadecimal" },
        { "unimp", LOG_UNIMP, "undefined instructions and unimplemented system calls" },
        { "stats", LOG_STATS, "counters of the code cache, at exit" },
        { "strace", LOG_STRACE, "system calls" },
        { NULL, 0, NULL },
};

enum { RUN_SHIFT = 16 }; /* of the bits of run_settings.off, which are in one word with those of passes */
static const struct word opt_words[] = {
#define PASS(ID, name, help) { "no-" name, IR_OPT_NO_##ID, help },
        IR_PASSES(PASS)
#undef PASS
#define FEATURE(ID, name, help) { "no-" name, RUN_NO_##ID << RUN_SHIFT, help },
                RUN_FEATURES(FEATURE)
#undef FEATURE
                        { NULL, 0, NULL },
};

#define OPT_NAME(ID, name, help) " no-" name

static uint32_t word_list(const char *name, const char *list, const struct word *words)
{
        uint32_t bits = 0;
        while (*list) {
                const char *end = strchr(list, ',');
                size_t n = end ? (size_t)(end - list) : strlen(list);
                const struct word *w = words;
                while (w->name && (strlen(w->name) != n || memcmp(w->name, list, n)))
                        w++;
                if (!w->name)
                        usage_error(name, "unknown word in the list");
                bits |= w->bit;
                list += n + (end != NULL);
        }
        return bits;
}

/* ---- one function an option ---- */

static void opt_execfn(const char *a)
{
        options.execfn = a;
}
static void opt_argv0(const char *a)
{
        options.argv0 = a;
}
static void opt_comm(const char *a)
{
        options.comm = a;
}
static void opt_sysroot(const char *a)
{
        options.sysroot = a;
}
static void opt_release(const char *a)
{
        linux_settings.release = a;
}
static void opt_stack(const char *a)
{
        options.stack_size = size("-s", a);
}
static void opt_tb_size(const char *a)
{
        run_settings.cache_size = number("-tb-size", a);
}
static void opt_level(const char *a)
{
        run_settings.cpu_limit = (unsigned)number("-x64-level", a);
}
static void opt_strace(const char *a)
{
        (void)a, rt_log_mask |= LOG_STRACE;
}
static void opt_log(const char *a)
{
        rt_log_mask |= word_list("-d", a, log_words);
}
static void opt_passes(const char *a)
{
        uint32_t bits = word_list("-opt", a, opt_words);
        run_settings.passes_off |= bits & ((1u << RUN_SHIFT) - 1);
        run_settings.off |= bits >> RUN_SHIFT;
}

static void opt_log_file(const char *a)
{
        const char *percent = strchr(a, '%');
        char path[4096];
        int n = percent && percent[1] == 'd' ? rt_snprintf(path, sizeof(path), "%.*s%d%s", (int)(percent - a), a,
                                                           (int)sys_call0(__NR_getpid), percent + 2)
                                             : rt_snprintf(path, sizeof(path), "%s", a);
        if (n >= (int)sizeof(path))
                usage_error("-D", "the log file's name is too long");
        long fd = sys_call3(__NR_open, path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
        if (fd < 0)
                usage_error("-D", "the log file cannot be opened");
        rt_log_fd = (int)fd;
}

static void opt_set_env(const char *a)
{
        if (!strchr(a, '='))
                usage_error("-E", "takes NAME=VALUE");
        if (options.nset_env == sizeof(options.set_env) / sizeof(options.set_env[0]))
                usage_error("-E", "given too often");
        options.set_env[options.nset_env++] = a;
}

static void opt_unset_env(const char *a)
{
        if (options.nunset_env == sizeof(options.unset_env) / sizeof(options.unset_env[0]))
                usage_error("-U", "given too often");
        options.unset_env[options.nunset_env++] = a;
}

/* QEMU's variables have all settings in one string, with commas between them. */
static void each_setting(const char *list, void (*opt)(const char *setting))
{
        char *copy = rt_alloc(strlen(list) + 1), *end;
        if (!copy)
                rt_die("out of memory");
        memcpy(copy, list, strlen(list) + 1);
        for (; copy; copy = end) {
                end = strchr(copy, ',');
                if (end)
                        *end++ = 0;
                opt(copy);
        }
}

static void opt_set_envs(const char *a)
{
        each_setting(a, opt_set_env);
}
static void opt_unset_envs(const char *a)
{
        each_setting(a, opt_unset_env);
}

/* Has an interface before that one a CPU of this name? */
static bool is_listed(const char *name, unsigned before)
{
        for (unsigned k = 0; k < before; k++)
                for (const struct abi_cpu *c = all_abis[k]->cpus; c->name; c++)
                        if (!strcmp(c->name, name))
                                return true;
        return false;
}

static _Noreturn void list_cpus(void)
{
        for (unsigned k = 0; all_abis[k]; k++)
                for (const struct abi_cpu *c = all_abis[k]->cpus; c->name; c++)
                        if (!is_listed(c->name, k)) {
                                say(c->name);
                                say("\n");
                        }
        rt_exit(0);
}

static void opt_cpu(const char *a)
{
        if (!strcmp(a, "help"))
                list_cpus();
        if (!abi_wish_cpu(a))
                usage_error("-cpu", "unknown CPU, \"-cpu help\" lists those that there are");
}

static _Noreturn void opt_version(const char *a);
static _Noreturn void opt_help(const char *a);

/* An option's variable is BINFMT_VARIABLE, which `fn` reads. QEMU's variable, where it means the same, is QEMU_VARIABLE, which
 * `qemu` reads, so that what is set for QEMU is valid here, too. There is no QEMU_VERSION, which makes each program print QEMU's
 * version: others use that name for what they install. */
static const struct {
        const char *name, *argument, *variable, *help;
        void (*fn)(const char *arg), (*qemu)(const char *arg);
} table[] = {
        { "0", "ARGV0", "ARGV0", "the program's argv[0]", opt_argv0, opt_argv0 },
        { "D", "FILE", "LOG_FILENAME", "write the log there, not to standard error; %d: process number", opt_log_file,
          opt_log_file },
        { "E", "NAME=VALUE", "SET_ENV", "set a variable of the program", opt_set_env, opt_set_envs },
        { "L", "DIR", "LD_PREFIX", "look for the ELF interpreter and absolute paths there first", opt_sysroot, opt_sysroot },
        { "U", "NAME", "UNSET_ENV", "remove a variable of the program", opt_unset_env, opt_unset_envs },
        { "comm", "NAME", NULL, "name of the process (/proc/self/comm)", opt_comm, NULL },
        { "cpu", "NAME", "CPU", "guest CPU; help lists them", opt_cpu, NULL },
        { "d", "LIST", "LOG", "log: in_asm,ir,out_asm,unimp,stats,strace", opt_log, NULL },
        { "execfn", "NAME", NULL, "what was executed, where that is not the program (AT_EXECFN)", opt_execfn, NULL },
        { "help", NULL, NULL, "this text", (void (*)(const char *))opt_help, NULL },
        { "opt", "LIST", "OPT", "switch passes off, a list with commas:" IR_PASSES(OPT_NAME) RUN_FEATURES(OPT_NAME), opt_passes,
          NULL },
        { "r", "RELEASE", "UNAME", "kernel release that uname tells", opt_release, opt_release },
        { "s", "BYTES", "STACK_SIZE", "size of the stack", opt_stack, opt_stack },
        { "strace", NULL, "STRACE", "log system calls", opt_strace, opt_strace },
        { "tb-size", "BYTES", "TB_SIZE", "size of the code cache", opt_tb_size, NULL },
        { "version", NULL, NULL, "version", (void (*)(const char *))opt_version, NULL },
        { "x64-level", "N", "X64_LEVEL", "use host instructions of x86-64-vN and below only", opt_level, NULL },
};
#define NOPTIONS (sizeof(table) / sizeof(table[0]))

static _Noreturn void opt_version(const char *a)
{
        (void)a;
        say("binfmt-translator " PROJECT_VERSION " (");
        for (unsigned k = 0; all_abis[k]; k++) {
                say(k ? ", " : "");
                say(all_abis[k]->guest->name);
        }
        say(" on x86-64)\n");
        rt_exit(0);
}

static _Noreturn void opt_help(const char *a)
{
        (void)a;
        say("binfmt-translator [OPTION...] PROGRAM [ARGUMENT...]\nRuns an AArch64 or 32-bit ARM Linux program.\n\n");
        for (unsigned k = 0; k < NOPTIONS; k++) {
                char left[64], variables[64] = "", line[256];
                rt_snprintf(left, sizeof(left), "-%s%s%s", table[k].name, table[k].argument ? " " : "",
                            table[k].argument ? table[k].argument : "");
                if (table[k].variable)
                        rt_snprintf(variables, sizeof(variables), table[k].qemu ? " [BINFMT_%s, QEMU_%s]" : " [BINFMT_%s]",
                                    table[k].variable, table[k].variable);
                rt_snprintf(line, sizeof(line), "  %-18s %s%s\n", left, table[k].help, variables);
                say(line);
        }
        rt_exit(0);
}

/* What binfmtd starts the translator for, to fill its cache. It has no place in the help. Returns when `name` is none of these. */
static void cache_option(const char *name)
{
        static const char worker[] = "cache-worker";
        const size_t n = sizeof(worker) - 1;
        if (!strcmp(name, "cache-hold"))
                worker_hold();
        if (!strcmp(name, "cache-config"))
                worker_print_config();
        if (!strncmp(name, worker, n) && !name[n])
                worker_run(WORKER_BYTES);
        if (!strncmp(name, worker, n) && name[n] == '=')
                worker_run(size(worker, name + n + 1));
}

int options_parse(int argc, char **argv)
{
        int i = 1;
        while (i < argc && argv[i][0] == '-' && argv[i][1]) {
                const char *name = argv[i] + 1 + (argv[i][1] == '-');
                unsigned k = 0;
                if (!*name)
                        return i + 1; /* -- */
                cache_option(name);
                while (k < NOPTIONS && strcmp(table[k].name, name))
                        k++;
                if (k == NOPTIONS)
                        usage_error("unknown option", argv[i]);
                if (table[k].argument && i + 1 >= argc)
                        usage_error(argv[i], "needs an argument");
                table[k].fn(table[k].argument ? argv[++i] : NULL);
                i++;
        }
        if (i >= argc)
                usage_error("no program given", "nothing to run");
        return i;
}

static const char own_prefix[] = "BINFMT_", qemu_prefix[] = "QEMU_";

/* Returns the value in the string "NAME=VALUE" when NAME is `name`, else NULL. */
static const char *value_of(const char *s, const char *name)
{
        size_t n = strlen(name);
        return !strncmp(s, name, n) && s[n] == '=' ? s + n + 1 : NULL;
}

/* Returns the function that reads the value in the string "NAME=VALUE", when NAME is an option's variable with that prefix, and
 * in *ret_value the value; NULL when it is no such variable. */
static void (*option_of(const char *s, const char *prefix, const char **ret_value))(const char *)
{
        size_t n = strlen(prefix);
        if (strncmp(s, prefix, n))
                return NULL;
        for (unsigned k = 0; k < NOPTIONS; k++)
                if (table[k].variable && (*ret_value = value_of(s + n, table[k].variable)))
                        return prefix == qemu_prefix ? table[k].qemu : table[k].fn;
        return NULL;
}

/* Our own variables are read last, because they count where both are set. */
void options_environment(char **envp)
{
        const char *const prefixes[] = { qemu_prefix, own_prefix }, *value;
        for (unsigned k = 0; k < 2; k++)
                for (char **e = envp; *e; e++) {
                        void (*fn)(const char *) = option_of(*e, prefixes[k], &value);
                        if (fn)
                                fn(value);
                }
}

void options_drop_environment(char **envp)
{
        const char *value;
        char **to = envp;
        for (; *envp; envp++)
                if (!option_of(*envp, own_prefix, &value) && !option_of(*envp, qemu_prefix, &value))
                        *to++ = *envp;
        *to = NULL;
}

void options_keep_secret(const char *path)
{
        if (rt_log_mask)
                rt_log("%s: nothing is logged of a program that may not be read by who runs it", path);
        rt_log_mask = 0;
}

void options_keep_log(void)
{
        if (!rt_log_mask) {
                if (rt_log_fd != 2)
                        sys_call1(__NR_close, rt_log_fd);
                rt_log_fd = 2;
                return;
        }
        long fd = sys_call3(__NR_fcntl, rt_log_fd, F_DUPFD_CLOEXEC, LOG_FD_MIN);
        if (fd < 0)
                return; /* the limit is lower: the log keeps a descriptor that the guest may close */
        if (rt_log_fd != 2)
                sys_call1(__NR_close, rt_log_fd);
        rt_log_fd = (int)fd;
}

static bool same_name(const char *env, const char *setting)
{
        size_t n = 0;
        while (setting[n] && setting[n] != '=')
                n++;
        return !strncmp(env, setting, n) && env[n] == '=';
}

char **options_guest_env(char **envp)
{
        unsigned n = 0, out = 0;
        if (!options.nset_env && !options.nunset_env)
                return envp;
        while (envp[n])
                n++;
        char **e = rt_alloc((n + options.nset_env + 1) * sizeof(*e));
        if (!e)
                return NULL;
        for (unsigned k = 0; k < n; k++) {
                bool drop = false;
                for (unsigned j = 0; j < options.nunset_env; j++)
                        drop |= same_name(envp[k], options.unset_env[j]);
                for (unsigned j = 0; j < options.nset_env; j++)
                        drop |= same_name(envp[k], options.set_env[j]);
                if (!drop)
                        e[out++] = envp[k];
        }
        for (unsigned j = 0; j < options.nset_env; j++)
                e[out++] = (char *)(uintptr_t)options.set_env[j];
        return e;
}
