/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of binfmt_misc one by one: what we say to an input, and that the kernel indeed does what we expect of it. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "formats/format-file.h"
#include "kernel/kernel.h"

struct rule {
        const char *title;
        const char *name; /* the format's; "x" if NULL */
        const char *ini;  /* the text of the format's file; NULL: no file can say this */
        const char *ours; /* a part of the reason for which we refuse it; NULL: we accept it */
        const char *line; /* the line for the kernel */
        int kernel;       /* what the kernel answers: 0 or an errno */
};

#define MAGIC_INI(magic) "[Format]\nMagic=" magic "\nInterpreter=1 /bin/true\n"
#define KEY_INI(line) ANY_INI line "\n"
#define EXTENSION_INI(e) "[Format]\nExtension=" e "\nInterpreter=1 /bin/true\n"
#define INTERPRETER_INI(i, flags) "[Format]\nMagic=" ANY_MAGIC "\nFlags=" flags "\nInterpreter=1 " i "\n"
#define MAGIC_LINE(magic) ":x:M::" magic "::/bin/true:"
#define NAME_LINE(name) ":" name ":M::TEST::/bin/true:"
#define OFFSET_LINE(offset) ":x:M:" offset ":TEST::/bin/true:"
#define FLAGS_LINE(flags) ":x:M::TEST::/bin/true:" flags
#define MASK_LINE(mask) ":x:M::TEST:" mask ":/bin/true:"
#define INTERPRETER_LINE(i, flags) ":x:M::TEST::" i ":" flags

#define Z4 "\\x00\\x00\\x00\\x00"
#define TEN "aaaaaaaaaa"
#define FIFTY TEN TEN TEN TEN TEN
#define NAME_255 FIFTY FIFTY FIFTY FIFTY FIFTY "aaaaa"

/* clang-format off: one rule a line */
static const struct rule rules[] = {
        { "a line of 10 bytes", NULL, NULL, NULL, ":x:M::a:::", EINVAL },
        { "a trailing newline", NULL, NULL, NULL, MAGIC_LINE("TEST") "\n", 0 },
        { "two trailing newlines", NULL, NULL, NULL, MAGIC_LINE("TEST") "\n\n", EINVAL },

        { "the name register", "register", ANY_INI, "the kernel's own", NAME_LINE("register"), EEXIST },
        { "the name status", "status", ANY_INI, "the kernel's own", NAME_LINE("status"), EEXIST },
        { "an empty name", "", ANY_INI, "name is empty", NAME_LINE(""), EINVAL },
        { "the name .", ".", ANY_INI, "cannot be named", NAME_LINE("."), EINVAL },
        { "the name ..", "..", ANY_INI, "cannot be named", NAME_LINE(".."), EINVAL },
        { "a name with a slash", "a/b", ANY_INI, "contains a slash", NAME_LINE("a/b"), EINVAL },
        { "a name with a space", "a b", ANY_INI, NULL, NAME_LINE("a b"), 0 },
        { "a name in UTF-8", "\xc3\xa9", ANY_INI, NULL, NAME_LINE("\xc3\xa9"), 0 },
        { "a name with a tab", "a\tb", ANY_INI, "control character", NAME_LINE("a\tb"), 0 },
        { "a name with a newline", "a\nb", ANY_INI, "control character", NAME_LINE("a\nb"), 0 },
        { "a name of 255 bytes", NAME_255, ANY_INI, NULL, NAME_LINE(NAME_255), 0 },
        { "a name of 256 bytes", NAME_255 "a", ANY_INI, "longer than 255", NAME_LINE(NAME_255 "a"), ENAMETOOLONG },

        { "neither M nor E", NULL, "[Format]\nInterpreter=1 /bin/true\n", "neither a magic nor",
          ":x:X::TEST::/bin/true:", EINVAL },
        { "type B", NULL, "[Format]\nInterpreter=1 /bin/true\n", "neither a magic nor", ":x:B::TEST::/bin/true:", EINVAL },
        { "an empty magic", NULL, MAGIC_INI(""), "neither a magic nor", MAGIC_LINE(""), EINVAL },
        { "an empty interpreter", NULL, "[Format]\nMagic=TEST\n", "no interpreter", ":x:M::TEST:::", EINVAL },
        { "an interpreter of a priority only", NULL, KEY_INI("Interpreter=1 "), "this is a priority", ":x:M::TEST:::", EINVAL },
        { "no last delimiter", NULL, NULL, NULL, ":x:M::TEST::/bin/true", EINVAL },

        { "an unknown flag", NULL, KEY_INI("Flags=X"), "out of POCF", FLAGS_LINE("X"), EINVAL },
        { "a lowercase flag", NULL, KEY_INI("Flags=p"), "out of POCF", FLAGS_LINE("p"), EINVAL },
        { "junk after the flags", NULL, KEY_INI("Flags=P x"), "out of POCF", FLAGS_LINE("P x"), EINVAL },
        { "a flag twice", NULL, KEY_INI("Flags=PP"), NULL, FLAGS_LINE("PP"), 0 },

        { "offset -1", NULL, KEY_INI("Offset=-1"), "decimal number", OFFSET_LINE("-1"), EINVAL },
        { "offset abc", NULL, KEY_INI("Offset=abc"), "decimal number", OFFSET_LINE("abc"), EINVAL },
        { "offset 0x10", NULL, KEY_INI("Offset=0x10"), "decimal number", OFFSET_LINE("0x10"), EINVAL },
        { "offset with a space", NULL, NULL, NULL, OFFSET_LINE(" 4"), EINVAL },
        { "offset 4x", NULL, KEY_INI("Offset=4x"), "decimal number", OFFSET_LINE("4x"), EINVAL },
        { "offset 99999999999", NULL, KEY_INI("Offset=99999999999"), "256 bytes", OFFSET_LINE("99999999999"), EINVAL },
        { "offset +4", NULL, KEY_INI("Offset=+4"), NULL, OFFSET_LINE("+4"), 0 },
        { "offset 010", NULL, KEY_INI("Offset=010"), NULL, OFFSET_LINE("010"), 0 },
        { "a magic up to byte 256", NULL, "[Format]\nOffset=252\nMagic=TEST\nInterpreter=1 /bin/true\n", NULL, OFFSET_LINE("252"),
          0 },
        { "a magic up to byte 257", NULL, "[Format]\nOffset=253\nMagic=TEST\nInterpreter=1 /bin/true\n", "256 bytes",
          OFFSET_LINE("253"), EINVAL },

        { "a mask that is shorter", NULL, KEY_INI("Mask=\\xff"), "equally long", MASK_LINE("\\xff"), EINVAL },
        { "a mask that is longer", NULL, KEY_INI("Mask=\\xff\\xff\\xff\\xff\\xff\\xff"), "equally long",
          MASK_LINE("\\xff\\xff\\xff\\xff\\xff"), EINVAL },
        { "a mask of zeros", NULL, "[Format]\nMagic=TEST\nMask=" Z4 "\nInterpreter=1 /bin/true\n", "match every file",
          MASK_LINE(Z4), 0 },

        { "\\xg1", NULL, MAGIC_INI("\\xg1"), "two hexadecimal digits", MAGIC_LINE("\\xg1"), EINVAL },
        { "\\x4", NULL, MAGIC_INI("\\x4"), "two hexadecimal digits", MAGIC_LINE("\\x4"), EINVAL },
        { "\\n in a magic", NULL, MAGIC_INI("a\\nb"), "a backslash starts only", MAGIC_LINE("a\\nb"), 0 },
        { "the delimiter, escaped", NULL, MAGIC_INI("\\x3aa"), NULL, MAGIC_LINE("\\x3aa"), 0 },
        { "the delimiter itself", NULL, MAGIC_INI("a:b"), NULL, MAGIC_LINE("a\\x3ab"), 0 },

        { "F, interpreter missing", NULL, INTERPRETER_INI("/none", "F"), "not installed", INTERPRETER_LINE("/none", "F"),
          ENOENT },
        { "F, below a file", NULL, INTERPRETER_INI("/bin/true/x", "F"), "not a directory", INTERPRETER_LINE("/bin/true/x", "F"),
          ENOTDIR },
        { "F, a link loop", NULL, INTERPRETER_INI("/tmp/t/loop", "F"), "loop of symbolic links",
          INTERPRETER_LINE("/tmp/t/loop", "F"), ELOOP },
        { "F, a directory", NULL, INTERPRETER_INI("/bin", "F"), "is a directory", INTERPRETER_LINE("/bin", "F"), EACCES },
        { "F, not executable", NULL, INTERPRETER_INI("/tmp/t/plain", "F"), "not executable",
          INTERPRETER_LINE("/tmp/t/plain", "F"), EACCES },
        { "F, a FIFO", NULL, INTERPRETER_INI("/tmp/t/fifo", "F"), "not a regular file", INTERPRETER_LINE("/tmp/t/fifo", "F"),
          EACCES },
        { "F, a noexec mount", NULL, INTERPRETER_INI("/tmp/t/noexec/i", "F"), "mounted noexec",
          INTERPRETER_LINE("/tmp/t/noexec/i", "F"), EACCES },
        { "F, garbage", NULL, INTERPRETER_INI("/tmp/t/garbage", "F"), "neither an ELF program",
          INTERPRETER_LINE("/tmp/t/garbage", "F"), 0 },
        { "no F, interpreter missing", NULL, INTERPRETER_INI("/none", ""), "not installed", INTERPRETER_LINE("/none", ""), 0 },
        { "no F, a relative path", NULL, INTERPRETER_INI("bin/true", ""), "absolute path", INTERPRETER_LINE("bin/true", ""), 0 },
        { "no F, a directory", NULL, INTERPRETER_INI("/bin", ""), "is a directory", INTERPRETER_LINE("/bin", ""), 0 },

        { "an empty extension", NULL, EXTENSION_INI(""), "extension is empty", ":x:E::::/bin/true:", EINVAL },
        { "an extension with a slash", NULL, EXTENSION_INI("a/b"), "slash", ":x:E::a/b::/bin/true:", EINVAL },
        { "an extension with an escape", NULL, EXTENSION_INI("\\x41"), NULL, ":x:E::\\x41::/bin/true:", 0 },
        { "offset and mask with an extension", NULL, NULL, NULL, ":x:E:zz:foo:mm:/bin/true:", 0 },
};
/* clang-format on */

/* Makes the files that the rules name, in /tmp/t: a file system of its own that only this process sees. */
static void make_files(void)
{
        assert_int_equal(mount("tmpfs", "/tmp", "tmpfs", 0, NULL), 0);
        assert_int_equal(mkdir("/tmp/t", 0755), 0);
        assert_int_equal(chdir("/tmp/t"), 0);
        put_file("plain", "\177ELF");
        put_file("garbage", "\001\002\003\004");
        put_file("writing", "#!/bin/sh\n");
        assert_int_equal(chmod("garbage", 0755), 0);
        assert_int_equal(chmod("writing", 0755), 0);
        assert_int_equal(symlink("loop", "loop"), 0);
        assert_int_equal(mkfifo("fifo", 0755), 0);
        assert_int_equal(mkdir("noexec", 0755), 0);
        assert_int_equal(mount("tmpfs", "noexec", "tmpfs", MS_NOEXEC, NULL), 0);
        put_file("noexec/i", "#!/bin/sh\n");
        assert_int_equal(chmod("noexec/i", 0755), 0);
}

/* Writes a line to the kernel's register file. Returns 0 or an errno. */
static int tell_kernel(int fd, const char *line, size_t size)
{
        _cleanup_close_ int file = openat(fd, "register", O_WRONLY | O_CLOEXEC);

        assert_true(file >= 0);
        return write(file, line, size) < 0 ? errno : 0;
}

static void forget_all(int fd)
{
        _cleanup_(entries_done) struct entries list = {};

        assert_int_equal(kernel_list(fd, &list), 0);
        for (size_t i = 0; i < list.n; i++)
                assert_int_equal(kernel_remove(fd, list.items[i].name), 0);
}

/* Has a format's file read. Returns NULL where it is accepted, or a new string with the reason where not. */
static char *our_reason(const char *name, const char *ini)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(format_done) struct format f = {};
        const struct candidate *candidate;

        put_file("x.conf", ini);
        int r = format_file_load("x.conf", name, &f, &problems);
        if (r >= 0)
                r = format_choose(&f, &candidate, &problems);
        if (r >= 0)
                return NULL;
        if (problems.n > 0)
                return strdup(problems.items[0].text);
        return strdup("not installed");
}

static void check_ours(const struct rule *rule)
{
        _cleanup_free_ char *reason = our_reason(rule->name ? rule->name : "x", rule->ini);

        if (!rule->ours && reason)
                fail_msg("%s: refused (%s)", rule->title, reason);
        if (rule->ours && !reason)
                fail_msg("%s: not refused", rule->title);
        if (rule->ours && !strstr(reason, rule->ours))
                fail_msg("%s: refused with \"%s\" instead of \"%s\"", rule->title, reason, rule->ours);
}

/* Checks each rule: what we refuse, with the reason, and what the kernel says to the same. */
static void test_rules(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();

        make_files();
        for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
                if (rules[i].ini)
                        check_ours(&rules[i]);
                int error = tell_kernel(fd, rules[i].line, strlen(rules[i].line));
                if (error != rules[i].kernel)
                        fail_msg("%s: the kernel says \"%s\" (%d) instead of %d", rules[i].title, strerror(error), error,
                                 rules[i].kernel);
                forget_all(fd);
        }
}

/* 1920 bytes are taken, 1921 are not, and we never write more. */
static void test_line_length(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        char path[ENTRY_LINE_MAX + 1] = "/";
        struct entry e = any_entry("x", path, 0);
        enum entry_field field = ENTRY_FIELD_COUNT;
        const char *reason = "";
        _cleanup_free_ char *line = NULL, *longer = NULL;

        e.magic = (uint8_t *)"TEST";
        e.magic_size = 4;
        size_t rest = ENTRY_LINE_MAX - strlen(":x:M:0:TEST::/:");
        memset(path + 1, 'a', rest);
        assert_int_equal(entry_check(&e, &field, &reason), 0);
        assert_int_equal(entry_to_line(&e, &line), 0);
        assert_int_equal(strlen(line), ENTRY_LINE_MAX);
        assert_int_equal(tell_kernel(fd, line, strlen(line)), 0);

        path[1 + rest] = 'a';
        assert_int_equal(entry_check(&e, &field, &reason), -EINVAL);
        assert_non_null(strstr(reason, "1920 bytes"));
        assert_int_equal(entry_to_line(&e, &longer), -E2BIG);
        assert_true(asprintf(&longer, ":y:M:0:TEST::%s:", path) == ENTRY_LINE_MAX + 1);
        assert_int_equal(tell_kernel(fd, longer, strlen(longer)), EINVAL);
}

/* The interpreter is opened before the name is compared, so what is wrong with it comes first. */
static void test_duplicates(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        static const char one[] = MAGIC_LINE("TEST"), missing[] = INTERPRETER_LINE("/none", "F"),
                          other[] = ":y:M::TEST::/bin/true:";

        assert_int_equal(tell_kernel(fd, one, strlen(one)), 0);
        assert_int_equal(tell_kernel(fd, one, strlen(one)), EEXIST);
        assert_int_equal(tell_kernel(fd, missing, strlen(missing)), ENOENT);
        assert_int_equal(tell_kernel(fd, other, strlen(other)), 0);
}

/* The kernel would cut a magic at a NUL byte and say nothing; our files cannot have one and our lines never do. */
static void test_nul(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(entry_done) struct entry back = {};
        static const char raw[] = ":x:M::TE\0ST::/bin/true:", ini[] = "[Format]\nMagic=TE\0ST\nInterpreter=1 /bin/true\n";
        struct entry e = any_entry("y", "/bin/true", 0);
        struct format f;
        const char *reason = "";

        put_bytes("x.conf", ini, sizeof(ini) - 1);
        assert_int_equal(format_file_load("x.conf", "x", &f, &problems), -EINVAL);
        assert_problem(&problems, 0, 1, "x.conf:2: the line contains a NUL byte");

        int error = tell_kernel(fd, raw, sizeof(raw) - 1);
        if (error == 0) {
                assert_int_equal(kernel_read(fd, "x", &back), 0);
                assert_true(back.magic_size < 5);
                entry_done(&back);
        }
        e.magic = (uint8_t *)"TE\0ST";
        assert_int_equal(kernel_register(fd, &e, &reason), 0);
        assert_int_equal(kernel_read(fd, "y", &back), 0);
        assert_int_equal(back.magic_size, 5);
}

static void test_busy_interpreter(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc(), writer = -1;
        _cleanup_free_ char *path = realpath(".", NULL), *interpreter = NULL;
        const char *reason = "";

        put_file("i", "#!/bin/sh\n");
        assert_int_equal(chmod("i", 0755), 0);
        assert_int_equal(string_format(&interpreter, "%s/i", path), 0);
        struct entry e = any_entry("x", interpreter, ENTRY_FIX_BINARY);

        writer = open("i", O_WRONLY | O_CLOEXEC);
        assert_int_equal(kernel_register(fd, &e, &reason), -ETXTBSY);
        assert_string_equal(reason, "the interpreter is being written to; try again when that is done");
}

/* Entries are removed only by writing to their files. */
static void test_file_system(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        static const char line[] = MAGIC_LINE("TEST");

        assert_int_equal(tell_kernel(fd, line, strlen(line)), 0);
        assert_int_equal(unlinkat(fd, "x", 0), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(mkdirat(fd, "d", 0755), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(renameat(fd, "x", fd, "y"), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(openat(fd, "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0644), -1);
        assert_int_equal(errno, EACCES);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_line_length),      TEST(test_duplicates),  TEST(test_nul),
                TEST(test_busy_interpreter), TEST(test_file_system), TEST(test_rules),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
