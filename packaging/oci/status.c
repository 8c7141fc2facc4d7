/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>

#include "kernel/kernel.h"
#include "oci.h"
#include "platform.h"

static void jsonp(struct json_object **o)
{
        json_object_put(*o);
}

static int add_string(struct json_object *array, const char *text)
{
        struct json_object *s = json_object_new_string(text);

        if (s && json_object_array_add(array, s) == 0)
                return 0;
        json_object_put(s);
        return -ENOMEM;
}

/* The levels of the x86-64 psABI that this machine's programs may need, by what each one adds that is rarest. */
static int add_native(struct json_object *array)
{
        __builtin_cpu_init();
        bool v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
        bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
        bool v4 = v3 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
        const char *const names[] = { "linux/amd64", v2 ? "linux/amd64/v2" : NULL, v3 ? "linux/amd64/v3" : NULL,
                                      v4 ? "linux/amd64/v4" : NULL };
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(names) && names[i]; i++)
                r = add_string(array, names[i]);
        return r;
}

static int add_supported(struct json_object *array)
{
        int r = add_native(array);

        for (size_t i = 0; r >= 0 && i < n_platforms; i++) {
                const struct platform *p = &platforms[i];
                r = platform_probe(p);
                if (r != 1)
                        continue;
                for (size_t k = 0; r >= 0 && k < ARRAY_SIZE(p->names) && p->names[k]; k++)
                        r = add_string(array, p->names[k]);
        }
        return r < 0 ? r : 0;
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static int add_emulators(int fd, struct json_object *array)
{
        _cleanup_(entries_done) struct entries entries = {};

        int r = fd >= 0 ? kernel_list(fd, &entries) : 0;
        if (r < 0)
                return r;
        if (entries.n > 0)
                qsort(entries.items, entries.n, sizeof(*entries.items), compare_names);
        for (size_t i = 0; r >= 0 && i < entries.n; i++)
                if (entries.items[i].enabled)
                        r = add_string(array, entries.items[i].name);
        return r;
}

int print_status(int fd)
{
        _cleanup_(jsonp) struct json_object *object = json_object_new_object();
        struct json_object *supported = json_object_new_array(), *emulators = json_object_new_array();
        const char *text;

        if (!object || !supported || !emulators || json_object_object_add(object, "supported", supported) < 0 ||
            json_object_object_add(object, "emulators", emulators) < 0)
                return -ENOMEM;
        int r = add_supported(supported);
        if (r >= 0)
                r = add_emulators(fd, emulators);
        if (r < 0)
                return r;
        text = json_object_to_json_string_ext(object,
                                              JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_SPACED);
        if (!text)
                return -ENOMEM;
        puts(text);
        return 0;
}
