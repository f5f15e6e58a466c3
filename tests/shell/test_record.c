#include "kd_record.h"

#include "kd_shell_state.h"
#include "scene.h"

#include <string.h>

/* A command's line, up to its status. */
#define COMMAND(name, args)                                                    \
	"{\"type\":\"command\",\"command\":\"" name "\",\"arguments\":\"" args \
	"\",\"status\":"

// clang-format off
static const struct scene_row rows[] = {
	{ ".echo hi", KD_OK, COMMAND(".echo", "hi") "\"ok\",\"text\":\"hi\"}\n" },
	{ ".echo a;.echo b", KD_OK,
	  COMMAND(".echo", "a") "\"ok\",\"text\":\"a\"}\n"
	  COMMAND(".echo", "b") "\"ok\",\"text\":\"b\"}\n" },
	{ "? 0x10 + 1", KD_OK,
	  COMMAND("?", "0x10 + 1") "\"ok\",\"result\":{\"value\":\"0x11\"}}\n" },
	{ "? -1", KD_OK,
	  COMMAND("?", "-1") "\"ok\",\"result\":{\"value\":\"0xffffffffffffffff\"}}\n" },
	{ "n 10", KD_OK, COMMAND("n", "10") "\"ok\",\"result\":{\"base\":10}}\n" },
	{ "n 16", KD_OK, COMMAND("n", "16") "\"ok\",\"result\":{\"base\":16}}\n" },
	{ "? 1 +", KD_E_FORMAT,
	  COMMAND("?", "1 +") "\"usage\",\"error\":\"Numeric expression missing from '<EOL>'.\"}\n" },
	{ "nosuch 1", KD_E_NOT_FOUND,
	  COMMAND("nosuch 1", "") "\"not_found\","
	  "\"error\":\"'nosuch' is not a command. '.help' lists all.\"}\n" },
	{ ".if (1) { .echo \"in\\\" side\" }", KD_OK,
	  COMMAND(".echo", "\\\"in\\\\\\\" side\\\"") "\"ok\",\"text\":\"in\\\\\\\" side\"}\n" },
	/* what is captured is nobody's result */
	{ ".foreach (x { .echo 1 2 }) { .echo x }", KD_OK,
	  COMMAND(".echo", "1") "\"ok\",\"text\":\"1\"}\n"
	  COMMAND(".echo", "2") "\"ok\",\"text\":\"2\"}\n" },
	{ ".help n", KD_OK,
	  COMMAND(".help", "n") "\"ok\",\"result\":{\"commands\":[{\"name\":\"n\","
	  "\"usage\":\"[8|10|16]\",\"help\":\"show or set the base of numbers\","
	  "\"needs_stop\":false}]}}\n" },
	{ "aS one two", KD_OK, COMMAND("aS", "one two") "\"ok\"}\n" },
	{ "al", KD_OK,
	  COMMAND("al", "") "\"ok\",\"result\":{\"aliases\":[{\"name\":\"one\",\"value\":\"two\"}]}}\n" },
};
// clang-format on

static void test_commands(void)
{
	struct scene s;

	scene_init(&s);
	s.config.json = true;
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

static void test_events(void)
{
	struct kd_event print = {
		.kind = KD_EV_PRINT,
		.time_us = 17,
		.text = "a\n\x01\xe9",
		.text_len = 4,
	};
	struct kd_event load = {
		.kind = KD_EV_MODULE_LOADED,
		.time_us = 18,
		.module = { .base = 0x1000,
			    .size = 32,
			    .path = "x.sys",
			    .path_len = 5 },
	};
	struct kd_event lost = { .kind = KD_EV_LOST };
	struct scene s;

	scene_init(&s);
	s.config.json = true;
	scene_open(&s);
	CHECK_TEXT("print", scene_show(&s, &print),
		   "{\"type\":\"event\",\"event\":\"print\",\"time_us\":17,"
		   "\"text\":\"a\\u000a\\u0001\\u00e9\"}\n");
	CHECK_TEXT("load", scene_show(&s, &load),
		   "{\"type\":\"event\",\"event\":\"module_loaded\","
		   "\"time_us\":18,\"base\":\"0x1000\",\"size\":32,"
		   "\"checksum\":\"0x0\",\"process_id\":\"0x0\","
		   "\"path\":\"x.sys\"}\n");
	CHECK_TEXT("lost", scene_show(&s, &lost),
		   "{\"type\":\"event\",\"event\":\"lost\",\"time_us\":0,"
		   "\"text\":\"The target does not answer any more. We keep "
		   "listening: it may come back by itself.\"}\n");
	scene_close(&s);
}

static void test_stop(void)
{
	struct kd_event event = { .kind = KD_EV_STOPPED };
	const char *said;
	struct scene s;

	scene_init(&s);
	s.config.json = true;
	scene_open(&s);
	event.stop = *kd_session_stop(&s.session);
	said = scene_show(&s, &event);
	CHECK(strstr(said, "{\"type\":\"event\",\"event\":\"stopped\"") ==
	      said);
	CHECK(strstr(said, "\"code\":\"0x80000003\"") != NULL);
	CHECK(strstr(said, "\"system\":{\"release\":\"Windows 10\"") != NULL);
	CHECK(strchr(said, '\n') == said + strlen(said) - 1);
	scene_close(&s);
}

/* What a command leaves open is closed; what is too deep is not begun. */
static void test_groups(void)
{
	struct kd_record r;
	struct scene s;

	scene_init(&s);
	s.config.json = true;
	scene_open(&s);
	scene_clear(&s);
	if (!CHECK(kd_record_begin(s.shell, &r)))
		return;
	kd_record_open_list(s.shell, "a");
	kd_record_open(s.shell, NULL);
	kd_record_bytes(s.shell, "b", "\x01\xff", 2);
	kd_record_null(s.shell, "c");
	kd_record_end_command(&r, "x", "", KD_E_CANCELED, false);
	CHECK_TEXT("left open", s.out,
		   COMMAND("x", "") "\"canceled\",\"result\":{\"a\":[{\"b\":"
				    "\"01ff\",\"c\":null}]}}\n");
	scene_clear(&s);
	if (!CHECK(kd_record_begin(s.shell, &r)))
		return;
	for (unsigned i = 0; i <= KD_RECORD_DEPTH; i++)
		kd_record_open_list(s.shell, i ? NULL : "a");
	kd_record_end_command(&r, "x", "", KD_OK, false);
	CHECK_TEXT("too deep", s.out,
		   COMMAND("x", "") "\"ok\",\"too_long\":true}\n");
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "commands", test_commands },
		{ "events", test_events },
		{ "stop", test_stop },
		{ "groups", test_groups },
	};

	return check_run("record", tests, sizeof(tests) / sizeof(tests[0]));
}
