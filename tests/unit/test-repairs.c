/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "repairs.h"

#define SECOND 1000000ULL

static void assert_allows(struct repairs *r, const char *name, uint64_t now, bool allows, bool begins)
{
        bool got;

        assert_int_equal(repairs_allow(r, name, now, &got), allows);
        assert_int_equal(got, begins);
}

/* Five within a minute are repaired, the sixth begins a pause of five minutes; other entries have nothing to do with
 * it. */
static void test_quarrel(void **state)
{
        (void)state;
        _cleanup_(repairs_done) struct repairs r = {};
        uint64_t now = 1000 * SECOND;

        for (int i = 0; i < 5; i++) {
                assert_allows(&r, "a", now + i * SECOND, true, false);
                assert_int_equal(repairs_note(&r, "a", "/i", now + i * SECOND), 0);
        }
        assert_false(repairs_paused(&r, "a", now + 5 * SECOND));
        assert_allows(&r, "a", now + 5 * SECOND, false, true);
        assert_allows(&r, "a", now + 6 * SECOND, false, false);
        assert_allows(&r, "b", now + 6 * SECOND, true, false);
        assert_true(repairs_paused(&r, "a", now + 6 * SECOND));
        assert_int_equal(repairs_next(&r, now + 6 * SECOND), now + 305 * SECOND);

        assert_allows(&r, "a", now + 304 * SECOND, false, false);
        assert_allows(&r, "a", now + 305 * SECOND, true, false);
        assert_int_equal(repairs_next(&r, now + 305 * SECOND), 0);
}

/* Repairs from before the end of a pause are not counted any more. */
static void test_forget(void **state)
{
        (void)state;
        _cleanup_(repairs_done) struct repairs r = {};

        repairs_forget(&r, "a");
        for (uint64_t i = 0; i < 5; i++)
                assert_int_equal(repairs_note(&r, "a", "/i", i * SECOND), 0);
        assert_allows(&r, "a", 5 * SECOND, false, true);
        repairs_forget(&r, "a");
        assert_false(repairs_paused(&r, "a", 6 * SECOND));
        for (uint64_t i = 6; i < 11; i++) {
                assert_allows(&r, "a", i * SECOND, true, false);
                assert_int_equal(repairs_note(&r, "a", "/i", i * SECOND), 0);
        }
        assert_allows(&r, "a", 11 * SECOND, false, true);
}

/* Any number of repairs is made when they are due slowly. */
static void test_slowly(void **state)
{
        (void)state;
        _cleanup_(repairs_done) struct repairs r = {};

        for (uint64_t i = 0; i < 50; i++) {
                assert_allows(&r, "a", i * 13 * SECOND, true, false);
                assert_int_equal(repairs_note(&r, "a", "/i", i * 13 * SECOND), 0);
        }
}

/* Repairs that lead to another interpreter each time follow somebody who configures. */
static void test_changing(void **state)
{
        (void)state;
        _cleanup_(repairs_done) struct repairs r = {};

        for (uint64_t i = 0; i < 50; i++) {
                assert_allows(&r, "a", i * SECOND, true, false);
                assert_int_equal(repairs_note(&r, "a", i & 1 ? "/i" : "/j", i * SECOND), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_quarrel), cmocka_unit_test(test_forget),
                                            cmocka_unit_test(test_slowly), cmocka_unit_test(test_changing) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
