/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "formats/binfmt-d.h"
#include "formats/catalog.h"
#include "kernel/kernel.h"

/* Lines of which the kernel itself says what they mean. */
static const char *const accepted[] = {
        ":a:M::\\x7fELF::/bin/true:",
        ":b:M:4:\\x7fELF:\\xff\\x00\\xfeA:/bin/true:POC",
        ":c:M:+2:AB::/bin/true:F",
        ":c1:M:010:AB::/bin/true:",
        "|d|M||A:B|\\xff\\xff\\xff|/bin/true|",
        ":e:M::\\x3a\\x00\\x3a::/bin/true:OO",
        ":f:M::\\n\\t::/bin/true:",
        ":g:M::\\\\x41::/bin/true:",
        ":h:M::a\\:a\\:/bin/true:",
        ":i:M::\\:\\:/bin/true:",
        ":j:E::foo::/bin/true:P",
        ":k:E:junk:fo\\x41:more junk:/bin/true:",
        ",l m,M,0,Z Z,,/bin/true,CF",
        ":m:M:255:A::/bin/true:",
        "#n#M##A##/bin/true#",
        ":o:M::\xc3\xa9::/bin/true:",
        /* Any byte may be the delimiter. But the digits of \xHH are no delimiters, and the type is one letter even if that is the
         * delimiter. */
        "zletzMzzLEzz/bin/truez",
        "0num0M00NU00/bin/true0P",
        "fhexfMff\\xff\\xfaf\\xf0\\xfff/bin/truef",
        "xwxMxx\\x41\\x42xx/bin/truex",
        "MupMMMMUPMM/bin/trueMC",
        "EextEEEEfooEE/bin/trueE",
        "\\bs\\M\\\\BS\\\\/bin/true\\",
        " sp M  AB  /bin/true ",
};

static void write_line(int fd, const char *line, int expected)
{
        _cleanup_close_ int file = openat(fd, "register", O_WRONLY | O_CLOEXEC);

        assert_true(file >= 0);
        ssize_t n = write(file, line, strlen(line));
        if (n != (ssize_t)strlen(line) && expected == 0)
                fail_msg("the kernel does not take %s", line);
        assert_int_equal(n < 0 ? -errno : 0, expected);
}

static void test_lines_mean_what_they_mean_to_the_kernel(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();

        for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
                _cleanup_(entry_done) struct entry ours = {}, theirs = {};
                const char *reason = "";

                if (binfmt_line_parse(accepted[i], &ours, &reason) < 0)
                        fail_msg("%s: %s", accepted[i], reason);
                write_line(fd, accepted[i], 0);
                assert_int_equal(kernel_read(fd, ours.name, &theirs), 0);
                if (!entry_equal(&ours, &theirs))
                        fail_msg("%s is read differently", accepted[i]);
                /* The line that we make of the entry means the same again. */
                assert_int_equal(kernel_remove(fd, ours.name), 0);
                assert_int_equal(kernel_register(fd, &ours, &reason), 0);
                entry_done(&theirs);
                assert_int_equal(kernel_read(fd, ours.name, &theirs), 0);
                assert_true(entry_equal(&ours, &theirs));
        }
}

static void test_refused_as_by_the_kernel(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        static const struct {
                const char *line, *reason;
        } refused[] = {
                { ":a:M::\\x7::/bin/true:", "\\x needs two hexadecimal digits" },
                { ":a:M::\\xg1::/bin/true:", "\\x needs two hexadecimal digits" },
                { ":a:M::AB:\\xff:/bin/true:", "not equally long" },
                { ":a:M::AB::/bin/true", "ends before" },
                { ":a:M::AB:", "ends before" },
                { ":aaaaaaaaaaaa", "ends before" },
                { ":a:M:4aaaaaaaaa", "ends before" },
                { ":a:M:-1:AB::/bin/true:", "an offset is" },
                { ":a:M:256:AB::/bin/true:", "256 bytes" },
                { ":a:M::::/bin/true:", "the magic is empty" },
                { ":a:M::AB:::", "no interpreter is given" },
                { ":a:B::x::handler:", "offset, magic and mask must be empty" },
                { ":a:B::::handler:F", "a BPF handler chooses the flags" },
                { ":a:M::AB::/bin/true:TP", "the flag T keeps" },
                { ":a:X::AB::/bin/true:", "neither M (magic) nor E" },
                { ":a:MM::AB::/bin/true:", "neither M (magic) nor E" },
                { ":a:E::::/bin/true:", "the extension is empty" },
                { ":a:E::a/b::/bin/true:", "cannot contain a slash" },
                { ":a:M::AB::/bin/true:Z", "flags are" },
                { ":a:M::AB::/bin/true:P O", "flags are" },
                { "::M::AB::/bin/true:", "name is empty" },
                { ":a/b:M::AB::/bin/true:", "contains a slash" },
                { "aaMaaABaa/bin/trueaP", "does not start with a delimiter" },
                { "rubbish of letters", "does not start with a delimiter" },
        };
        for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
                struct entry e;
                const char *reason = "";

                write_line(fd, refused[i].line, -EINVAL);
                assert_int_equal(binfmt_line_parse(refused[i].line, &e, &reason), -EINVAL);
                if (!strstr(reason, refused[i].reason))
                        fail_msg("%s: \"%s\" does not say \"%s\"", refused[i].line, reason, refused[i].reason);
        }
}

/* Lines that the kernel takes, with effects that nobody wants. */
static void test_refused_by_us_alone(void **state)
{
        (void)state;
        static const char *const lines[] = {
                "",
                ":a:M::AB:\\x00\\x00:/bin/true:",
                ":a:M::AB::bin/true:",
                ":status:M::AB::/bin/true:",
        };
        for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
                struct entry e;
                const char *reason = NULL;

                assert_int_equal(binfmt_line_parse(lines[i], &e, &reason), -EINVAL);
                assert_non_null(reason);
        }
}

#define LINE(name, interpreter) ":" name ":M::" name "::" interpreter ":\n"

static void load_lines(const char *directories, struct binfmt_d *ret, struct problems *problems)
{
        _cleanup_(paths_done) struct paths paths = {};

        assert_int_equal(paths_set_binfmt_d(&paths, directories), 0);
        assert_int_equal(binfmt_d_load(paths.binfmt_d, paths.n_binfmt_d, ret, problems), 0);
}

/* binfmt.d(5): what is in /etc comes before what is in /run, that before /usr/local/lib, that before /usr/lib. */
static void test_directories(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(binfmt_d_done) struct binfmt_d l = {};

        put_file("usr/a.conf", LINE("a", "/usr") LINE("a2", "/usr"));
        put_file("usr/b.conf", LINE("b", "/usr"));
        put_file("usr/c.conf", LINE("c", "/usr"));
        put_file("usr/d.conf", LINE("d", "/usr"));
        put_file("usr/e.conf", "# comment\n; comment\n\n  \t\n \t" LINE("e", "/usr") "  # comment\n");
        put_file("local/a.conf", LINE("a", "/local"));
        put_file("run/b.conf", LINE("b", "/run"));
        put_file("run/a.conf", LINE("a", "/run"));
        put_file("etc/a.conf", ":a:M::a::/etc:  \r\n");
        put_file("etc/c.conf", "");
        put_file("etc/README", LINE("x", "/etc"));
        put_file("etc/.hidden.conf", LINE("x", "/etc"));
        assert_int_equal(symlink("/dev/null", "etc/d.conf"), 0);
        load_lines("usr:local:run:etc", &l, &problems);
        assert_int_equal(problems.n, 0);
        assert_int_equal(l.n, 3);
        assert_string_equal(l.items[0].entry.name, "a");
        assert_string_equal(l.items[0].entry.interpreter, "/etc");
        assert_string_equal(l.items[1].entry.interpreter, "/run");
        assert_string_equal(l.items[2].entry.name, "e");
        assert_string_equal(l.items[2].file, "usr/e.conf");
        assert_int_equal(l.items[2].line, 5);
}

static void test_bad_lines_and_repeated_names(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(binfmt_d_done) struct binfmt_d l = {};

        put_file("usr/a.conf", LINE("x", "/first") "rubbish\n" LINE("y", "/only") LINE("x", "/second"));
        put_file("usr/b.conf", LINE("y", "/last"));
        put_bytes("usr/c.conf", ":z:M::\0::/bin/true:\n:w:M::w::/w:", 32);
        assert_int_equal(symlink("nowhere", "usr/d.conf"), 0);
        load_lines("usr", &l, &problems);
        assert_int_equal(l.n, 3);
        assert_string_equal(l.items[0].entry.name, "w");
        assert_string_equal(l.items[1].entry.interpreter, "/second");
        assert_string_equal(l.items[2].entry.interpreter, "/last");
        assert_problem(&problems, 0, 4, "usr/a.conf:2: the line does not start with a delimiter");
        assert_problem(&problems, 1, 4, "usr/c.conf:1: the line contains a NUL byte");
        assert_problem(&problems, 2, 4, "usr/d.conf: No such file");
        /* In a later file it is no mistake: binfmt.d(5) says to do so. */
        assert_problem(&problems, 3, 4, "usr/a.conf:1: x is named again in line 4");
}

static void load(struct catalog *ret, struct problems *problems)
{
        _cleanup_(paths_done) struct paths paths = {};

        assert_int_equal(paths_set_confdirs(&paths, "conf"), 0);
        assert_int_equal(paths_set_binfmt_d(&paths, "usr"), 0);
        assert_int_equal(catalog_load(&paths, ret, problems), 0);
        assert_int_equal(problems->n, 0);
}

static void test_alternatives(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        put_file("conf/b.conf", "[Format]\nMagic=b\nFlags=F\nInterpreter=-150 /own\nInterpreter=-250 /own2\n");
        put_file("conf/c.conf", "[Format]\nMagic=c\nInterpreter=1 /same\n");
        put_file("conf/d.conf.d/a.conf", "[Format]\nFlags=P\nDescription=changed\n");
        put_file("usr/x.conf", ":b:M::b::/theirs:P\n:c:M::c::/same:\n:d:M::d::/only:\n:a:E::a::/a:\n");
        load(&c, &problems);
        assert_int_equal(c.n, 4);
        assert_string_equal(c.formats[0].entry.extension, "a");

        const struct format *b = catalog_find(&c, "b");
        assert_int_equal(b->n_candidates, 3);
        assert_string_equal(b->candidates[0].path, "/own");
        assert_string_equal(b->candidates[1].path, "/theirs");
        assert_int_equal(b->candidates[1].source, SOURCE_BINFMT_D);
        assert_string_equal(b->candidates[1].file, "usr/x.conf");
        assert_int_equal(format_spec(b, &b->candidates[0])->flags, ENTRY_FIX_BINARY);
        assert_int_equal(format_spec(b, &b->candidates[1])->flags, ENTRY_PRESERVE_ARGV0);

        assert_int_equal(catalog_find(&c, "c")->n_candidates, 1);
        const struct format *d = catalog_find(&c, "d");
        assert_string_equal(d->description, "changed");
        assert_int_equal(format_spec(d, &d->candidates[0])->flags, ENTRY_PRESERVE_ARGV0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_lines_mean_what_they_mean_to_the_kernel),
                TEST(test_refused_as_by_the_kernel),
                TEST(test_refused_by_us_alone),
                TEST(test_directories),
                TEST(test_bad_lines_and_repeated_names),
                TEST(test_alternatives),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
