#include "check.h"
#include "kd_commands.h"

#include <string.h>

// clang-format off
static const struct {
	const char *typed, *meant; /* NULL: none is near */
} nearest[] = {
	{ "dbb",      "db" },
	{ ".rebot",   ".reboot" },
	{ "reboot",   ".reboot" },
	{ "vertrget", "vertarget" },
	{ "lmv",      "lm" },
	{ ".logopne", ".logopen" },
	{ "kb",       "db" },
	{ "dx",       "d" },
	{ "y",        NULL },
	{ "!chkimg",  NULL },
	{ "",         NULL },
	{ "averylongnamethatisnocommand", NULL },
};
// clang-format on

static void test_table(void)
{
	const struct kd_command *c, *before = NULL;
	struct kd_shell_command told;
	size_t count = 0;

	for (size_t i = 0; (c = kd_command_at(i)) != NULL; i++) {
		CHECK_ROW(c->name, strlen(c->name) <= KD_COMMAND_NAME_MAX);
		CHECK_ROW(c->name, kd_command_find(c->name) == c);
		CHECK_ROW(c->name,
			  !before || strcmp(before->name, c->name) < 0);
		CHECK_ROW(c->name, c->help[strlen(c->help) - 1] != '.');
		CHECK_TEXT(c->name, kd_shell_command_name(i), c->name);
		if (!CHECK_ROW(c->name, kd_shell_command_at(i, &told)))
			continue;
		CHECK_TEXT(c->name, told.name, c->name);
		CHECK_TEXT(c->name, told.usage, c->usage);
		CHECK_TEXT(c->name, told.help, c->help);
		CHECK_ROW(c->name,
			  told.needs_stop == !!(c->traits & KD_NEEDS_STOP));
		count++;
		before = c;
	}
	CHECK(before != NULL);
	CHECK(!kd_shell_command_at(count, &told));
	CHECK(!kd_command_find("nosuch"));
	CHECK(kd_command_find("DB") == kd_command_find("db"));
}

static void test_nearest(void)
{
	for (size_t i = 0; i < sizeof(nearest) / sizeof(nearest[0]); i++) {
		const struct kd_command *c =
			kd_command_nearest(nearest[i].typed);

		CHECK_ROW(nearest[i].typed, !c == !nearest[i].meant);
		if (c && nearest[i].meant)
			CHECK_TEXT(nearest[i].typed, c->name, nearest[i].meant);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "table", test_table },
		{ "nearest", test_nearest },
	};

	return check_run("commands", tests, sizeof(tests) / sizeof(tests[0]));
}
