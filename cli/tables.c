/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of verbs and options, made from verbs.def and options.def. */
#include "cli.h"

static int set_procdir(struct paths *p, const char *value)
{
        return string_set(&p->procdir, value);
}

static int set_admindir(struct paths *p, const char *value)
{
        return string_set(&p->admindir, value);
}

static int set_config(struct paths *p, const char *value)
{
        return string_set(&p->config, value);
}

static int set_statedir(struct paths *p, const char *value)
{
        return string_set(&p->statedir, value);
}

/* A verb, or an action of one. */
#define ROW(group_, name_, arguments_, what_, least_, most_, options_, function_, text_) \
        { .group = group_, \
          .name = name_, \
          .arguments = arguments_, \
          .argument = what_, \
          .least = least_, \
          .most = most_, \
          .options = options_, \
          .run = function_, \
          .text = text_ },

#define ACTION(...)
const struct verb verbs[] = {
#define VERB(...) ROW(NULL, __VA_ARGS__)
#define GROUP(name_, text_) { .name = name_, .arguments = "ACTION [ARGUMENT]...", .argument = ARGUMENT_ACTION, .text = text_ },
#include "verbs.def"
#undef GROUP
#undef VERB
};
#undef ACTION
const size_t n_verbs = ARRAY_SIZE(verbs);

#define VERB(...)
#define GROUP(...)
const struct verb actions[] = {
#define ACTION(...) ROW(__VA_ARGS__)
#include "verbs.def"
#undef ACTION
};
#undef GROUP
#undef VERB
const size_t n_actions = ARRAY_SIZE(actions);

const struct cli_option cli_options[] = {
#define COMMON(name_, argument_, what_, text_, function_) \
        { .name = name_, .argument = argument_, .what = what_, .text = text_, .set = function_ },
#define OPTION(bit_, name_, argument_, what_, text_) \
        { .name = name_, .argument = argument_, .what = what_, .text = text_, .number = OPTION_##bit_ },
#include "options.def"
#undef OPTION
#undef COMMON
};
const size_t n_cli_options = ARRAY_SIZE(cli_options);
