/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <signal.h>

#include "doctor/doctor.h"

static void examination_clear(struct examination *e)
{
        trial_done(&e->trial);
        free(e->cause);
        free(e->text);
        free(e->remedy);
}

/* What each way of going wrong is called. The first is what Linux 6.1 says. */
static void test_causes(void **state)
{
        static const struct {
                struct trial trial;
                const char *cause, *text;
        } cases[] = {
                { { .outcome = TRIAL_IMPOSSIBLE, .stage = TRIAL_STAGE_MISC, .error = -EPERM }, "no-own-entries", "Linux 6.7" },
                { { .outcome = TRIAL_IMPOSSIBLE, .stage = TRIAL_STAGE_NAMESPACE, .error = -EPERM },
                  "no-namespaces",
                  "unprivileged" },
                { { .outcome = TRIAL_IMPOSSIBLE, .stage = TRIAL_STAGE_NAMESPACE, .error = -ENOSPC },
                  "no-namespaces",
                  "too many" },
                { { .outcome = TRIAL_IMPOSSIBLE, .stage = TRIAL_STAGE_PROC, .error = -EPERM }, "proc-not-permitted", "/proc" },
                { { .outcome = TRIAL_IMPOSSIBLE, .stage = TRIAL_STAGE_ROOT, .error = -ENOMEM }, "not-possible", "memory" },
                { { .outcome = TRIAL_FAILS, .stage = TRIAL_STAGE_REGISTER, .error = -EACCES },
                  "not-registered",
                  "Permission denied" },
                { { .outcome = TRIAL_FAILS, .stage = TRIAL_STAGE_EXECUTE, .error = -ENOEXEC },
                  "unexplained",
                  "Exec format error" },
                { { .outcome = TRIAL_FAILS, .stage = TRIAL_STAGE_RUN, .timed_out = true }, "timeout", "in time" },
                { { .outcome = TRIAL_FAILS, .stage = TRIAL_STAGE_RUN, .wait_status = SIGILL }, "interpreter-killed", "SIGILL" },
                { { .outcome = TRIAL_FAILS, .stage = TRIAL_STAGE_RUN, .wait_status = 3 << 8 }, "interpreter-fails", "status 3" },
                { { .outcome = TRIAL_FAILS, .stage = TRIAL_STAGE_RUN }, "interpreter-fails", "without doing" },
        };
        (void)state;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_(examination_clear) struct examination e = { .tried = true, .trial = cases[i].trial };
                assert_int_equal(examination_find_cause(&e, TRIAL_HOST, NULL), 0);
                assert_string_equal(e.cause, cases[i].cause);
                assert_non_null(strstr(e.text, cases[i].text));
        }
}

/* All is well if everything works that could be tried, and something does. */
static void test_all_well(void **state)
{
        struct architecture a[2] = { { .expected = true, .places = { [TRIAL_HOST] = { .tried = true } } },
                                     { .expected = false, .remedy = (char *)"Enable it." } };
        const struct diagnosis d = { .architectures = a, .n = 2 };
        struct examination *container = &a[0].places[TRIAL_CONTAINER];
        (void)state;

        assert_true(diagnosis_all_well(&d));
        *container = (struct examination){ .tried = true, .trial.outcome = TRIAL_IMPOSSIBLE, .remedy = (char *)"Be root." };
        assert_true(diagnosis_all_well(&d));
        assert_non_null(strstr(diagnosis_remedy(&d), "nothing to do"));
        *container = (struct examination){ .tried = true, .trial.outcome = TRIAL_FAILS, .remedy = (char *)"Repair it." };
        assert_false(diagnosis_all_well(&d));
        assert_string_equal(diagnosis_remedy(&d), "Repair it.");
        a[0] = (struct architecture){ .expected = false };
        assert_false(diagnosis_all_well(&d));
        assert_string_equal(diagnosis_remedy(&d), "Enable it.");
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_causes), cmocka_unit_test(test_all_well) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
