#include "check.h"
#include "decode_talk.h"
#include "json_valid.h"
#include "run.h"

#include <crashcart/crashcart.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { ARGS_MAX = 6, TEXT_MAX = 1 << 16 };

#define KEY DECODE_TALK_KEY

static char folder[] = "/tmp/decode-XXXXXX";

/* A path in this test's own folder; valid until the next call but three. */
static const char *in_folder(const char *name)
{
	static char paths[4][64];
	static size_t next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

/* Run "crashcart decode" with these; valid until the next run. */
static const struct run_result *run(const char *key,
				    const char *const args[ARGS_MAX])
{
	static struct run_result r;
	const char *argv[ARGS_MAX + 3] = { run_crashcart(), "decode" };
	char env[64];

	for (size_t i = 0; i < ARGS_MAX; i++)
		argv[i + 2] = args[i];
	snprintf(env, sizeof(env), "CRASHCART_KEY=%s", key ? key : "");
	run_free(&r);
	run_program(argv, key ? env : NULL, NULL, &r);
	return &r;
}

/* The conversation's file. */
static const char *make_talk(void)
{
	const char *path = in_folder("talk.pcap");

	decode_talk_make(path);
	return path;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (text = strstr(text, what); text; text = strstr(text + 1, what))
		n++;
	return n;
}

static bool has(const char *row, const char *text, const char *part)
{
	bool found = strstr(text, part) != NULL;

	if (!found)
		CHECK_TEXT(row, text, part);
	return found;
}

/* Each line a valid JSON object; how many there are. */
static size_t check_json(const char *text)
{
	size_t lines = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		CHECK(text[0] == '{' && json_is_valid(text, len));
		text += len + (text[len] == '\n');
		lines++;
	}
	return lines;
}

/* The schema of the JSON, to the letter. */
static const char talk_json[] =
	"{\"index\":1,\"direction\":\"target>host\",\"version\":5,"
	"\"channel\":\"control\",\"seq\":1,\"authentic\":true,"
	"\"kind\":\"poke\"}\n"
	"{\"index\":2,\"direction\":\"host>target\",\"version\":5,"
	"\"channel\":\"control\",\"seq\":1,\"authentic\":true,"
	"\"kind\":\"response\"}\n"
	"{\"index\":3,\"direction\":\"target>host\",\"version\":5,"
	"\"channel\":\"data\",\"seq\":1,\"authentic\":true,"
	"\"kind\":\"other\"}\n"
	"{\"index\":4,\"direction\":\"target>host\",\"version\":5,"
	"\"channel\":\"data\",\"seq\":2,\"authentic\":true,"
	"\"kind\":\"packet\",\"leader\":\"data\",\"type\":3,"
	"\"type_name\":\"DEBUG_IO\",\"id\":0,\"byte_count\":27,"
	"\"checksum_ok\":true,\"api\":12848,"
	"\"api_name\":\"PrintString\",\"text\":"
	"\"a\\\"b\\\\\\u001b[2J\\u009b\\u00e9\\u000a\"}\n"
	"{\"index\":5,\"direction\":\"host>target\",\"version\":5,"
	"\"channel\":\"data\",\"seq\":3,\"authentic\":true,"
	"\"kind\":\"packet\",\"leader\":\"control\",\"type\":4,"
	"\"type_name\":\"ACKNOWLEDGE\",\"id\":0,\"byte_count\":0,"
	"\"checksum_ok\":true}\n"
	"{\"index\":6,\"direction\":\"host>target\",\"version\":5,"
	"\"channel\":\"data\",\"seq\":4,\"authentic\":true,"
	"\"kind\":\"packet\",\"leader\":\"data\",\"type\":2,"
	"\"type_name\":\"STATE_MANIPULATE\",\"id\":2147483648,"
	"\"byte_count\":56,\"checksum_ok\":true,\"api\":12592,"
	"\"api_name\":\"ReadVirtualMemory\",\"processor\":3,"
	"\"status\":259,\"address\":\"0xfffff80000001000\","
	"\"requested\":16}\n"
	"{\"index\":7,\"direction\":\"target>host\",\"version\":5,"
	"\"channel\":\"data\",\"seq\":5,\"authentic\":true,"
	"\"kind\":\"packet\",\"leader\":\"data\",\"type\":2,"
	"\"type_name\":\"STATE_MANIPULATE\",\"id\":2,"
	"\"byte_count\":59,\"checksum_ok\":true,\"api\":12592,"
	"\"api_name\":\"ReadVirtualMemory\",\"processor\":3,"
	"\"status\":3221225473,\"address\":\"0xfffff80000001000\","
	"\"requested\":16,\"returned\":3,\"data_sha256\":"
	"\"ba7816bf8f01cfea414140de5dae2223"
	"b00361a396177a9cb410ff61f20015ad\"}\n"
	"{\"index\":8,\"direction\":\"host>target\",\"version\":5,"
	"\"channel\":\"data\",\"seq\":6,\"authentic\":true,"
	"\"kind\":\"packet\",\"leader\":\"data\",\"type\":2,"
	"\"type_name\":\"STATE_MANIPULATE\",\"id\":2147483650,"
	"\"byte_count\":56,\"checksum_ok\":true,\"api\":12604,"
	"\"api_name\":\"Continue2\",\"processor\":0,\"status\":0,"
	"\"continue_status\":65538,\"trace_flag\":1,"
	"\"dr7\":\"0x400\"}\n"
	"{\"index\":9,\"direction\":\"target>host\",\"version\":5,"
	"\"channel\":\"data\",\"seq\":7,\"authentic\":true,"
	"\"kind\":\"packet\",\"leader\":\"data\",\"type\":11,"
	"\"type_name\":\"FILE_IO\",\"id\":4,\"byte_count\":72,"
	"\"checksum_ok\":true,\"api\":13360,"
	"\"api_name\":\"CreateFile\","
	"\"name\":\"x\\u009b\xe2\x82\xac\"}\n"
	"{\"index\":10,\"direction\":\"host>target\",\"version\":5,"
	"\"channel\":\"data\",\"seq\":8,\"authentic\":true,"
	"\"kind\":\"breakin\"}\n"
	"{\"index\":11,\"direction\":\"host>target\",\"version\":5,"
	"\"channel\":\"control\",\"seq\":9,\"authentic\":true,"
	"\"kind\":\"other\"}\n";

static void test_json(void)
{
	const char *path = make_talk();
	const struct run_result *r =
		run(KEY, (const char *[ARGS_MAX]){ path, "--json" });

	CHECK_EQ(NULL, r->code, 0);
	CHECK_TEXT(NULL, r->out, talk_json);
	CHECK_EQ(NULL, check_json(r->out), 11);
	has(NULL, r->err, "11 KDNET datagrams, 11 authenticated");
}

static void test_text(void)
{
	const char *path = make_talk();
	const struct run_result *r = run(KEY, (const char *[ARGS_MAX]){ path });

	CHECK_EQ(NULL, r->code, 0);
	CHECK_TEXT(NULL, r->out,
		   "     1     0.000000 target>host control 1     poke from "
		   "10.0.0.2:50001 for 10.0.0.1:50000, no session\n"
		   "     2     0.001000 host>target control 1     response\n"
		   "     3     0.002000 target>host data    1     connection "
		   "check (first under a new data key)\n"
		   "     4     0.003000 target>host data    2     DEBUG_IO 0 "
		   "PrintString \"a\\\"b\\\\\\x1b[2J\\x9b\\xe9\\n\"\n"
		   "     5     0.004000 host>target data    3     ACKNOWLEDGE "
		   "0\n"
		   "     6     0.005000 host>target data    4     "
		   "STATE_MANIPULATE 80000000 ReadVirtualMemory "
		   "fffff80000001000 L10\n"
		   "     7     0.006000 target>host data    5     "
		   "STATE_MANIPULATE 2 ReadVirtualMemory fffff80000001000 L10, "
		   "3 here status c0000001\n"
		   "     8     0.007000 host>target data    6     "
		   "STATE_MANIPULATE 80000002 Continue2 00010002 step dr7 400\n"
		   "     9     0.008000 target>host data    7     FILE_IO 4 "
		   "CreateFile \"x\\xc2\\x9b\\xe2\\x82\\xac\"\n"
		   "    10     0.009000 host>target data    8     break-in\n"
		   "    11     0.010000 host>target control 9     first "
		   "contact\n"
		   "11 KDNET datagrams, 11 authenticated, 1 data keys\n"
		   "by kind: 6 packet, 1 poke, 1 response, 1 breakin, 2 other\n"
		   "packets: 3 STATE_MANIPULATE, 1 DEBUG_IO, 1 ACKNOWLEDGE, "
		   "1 FILE_IO\n"
		   "checksums: 6 hold, 0 do not\n"
		   "passed over: 1 other UDP\n");
	CHECK_TEXT(NULL, r->err, "");
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");

	CHECK(f && fputs(text, f) >= 0);
	fclose(f);
}

// clang-format off
static const struct {
	const char *name;
	const char *key; /* CRASHCART_KEY */
	const char *args[ARGS_MAX]; /* a name with ':' first is in the folder */
	int code;
	size_t lines; /* in the output, without the summary */
	const char *says; /* on standard error */
} rows[] = {
	{ "no file",             KEY,  { 0 }, 2, 0, "which file?" },
	{ "two files",           KEY,  { "a", "b" }, 2, 0, "not also b" },
	{ "unknown option",      KEY,  { ":talk.pcap", "--jsno" }, 2, 0, "unknown option --jsno" },
	{ "--key without one",   KEY,  { ":talk.pcap", "--key" }, 2, 0, "--key needs a key" },
	{ "no key",              NULL, { ":talk.pcap" }, 2, 0, "give its key by --key or CRASHCART_KEY" },
	{ "key in environment",  KEY,  { ":talk.pcap", "--json" }, 0, 11, "11 authenticated" },
	{ "key as option",       "9.9.9.9", { ":talk.pcap", "--json", "--key", KEY }, 0, 11, "11 authenticated" },
	{ "key with =",          NULL, { ":talk.pcap", "--json", "--key=" KEY }, 0, 11, "11 authenticated" },
	{ "key in a file",       NULL, { ":talk.pcap", "--json", "--key", "@:key" }, 0, 11, "11 authenticated" },
	{ "key file missing",    NULL, { ":talk.pcap", "--key", "@:nokey" }, 2, 0, "No such file" },
	{ "key file empty",      NULL, { ":talk.pcap", "--key", "@:empty" }, 2, 0, "the key has" },
	{ "malformed key",       NULL, { ":talk.pcap", "--key", "1.2.3" }, 2, 0, "key: " },
	{ "wrong key",           NULL, { ":talk.pcap", "--json", "--key", "1.2.3.5" }, 1, 11, "the key is wrong" },
	{ "file missing",        KEY,  { ":nofile" }, 1, 0, "No such file" },
	{ "a folder",            KEY,  { "/tmp" }, 1, 0, "Is a directory" },
	{ "no capture",          KEY,  { ":key" }, 1, 0, "this is no capture file" },
	{ "an empty file",       KEY,  { ":empty" }, 1, 0, "the file is empty" },
	{ "cut in the middle",   KEY,  { ":cut.pcap", "--json" }, 1, 5, "damaged at offset" },
	{ "no handshake",        KEY,  { ":late.pcap", "--json" }, 0, 9, "9 KDNET datagrams, 1 authenticated" },
	{ "no KD in it",         KEY,  { ":other.pcap" }, 1, 0, "neither KDNET nor" },
};
// clang-format on

/* Parts of the talk: up to within a record; from a record on. */
static void make_parts(void)
{
	static char bytes[TEXT_MAX];
	FILE *f = fopen(make_talk(), "rb");
	/* pcap headers, IP, UDP and sealing around each of the handshake */
	size_t handshake = 16 + 28 + 374 + 16 + 28 + 358;
	size_t len, at;

	len = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	f = fopen(in_folder("late.pcap"), "wb");
	fwrite(bytes, 1, 24, f);
	fwrite(bytes + 24 + handshake, 1, len - 24 - handshake, f);
	fclose(f);
	f = fopen(in_folder("other.pcap"), "wb");
	fwrite(bytes, 1, 24, f);
	fwrite(bytes + len - (16 + 28 + 3), 1, 16 + 28 + 3, f);
	fclose(f);
	/* check, print and ACK follow: 54, 86 and 54 bytes sealed */
	at = 24 + handshake + (16 + 28) * 3 + 54 + 86 + 54 + 30;
	f = fopen(in_folder("cut.pcap"), "wb");
	fwrite(bytes, 1, at, f);
	fclose(f);
	write_text(in_folder("key"), KEY "\n");
	write_text(in_folder("empty"), "");
}

static void test_rows(void)
{
	make_parts();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;
		const char *args[ARGS_MAX] = { NULL };
		char key_file[80];
		const struct run_result *r;

		for (size_t j = 0; j < ARGS_MAX && rows[i].args[j]; j++) {
			args[j] = rows[i].args[j];
			if (args[j][0] == ':')
				args[j] = in_folder(args[j] + 1);
			if (args[j][0] == '@') {
				snprintf(key_file, sizeof(key_file), "@%s",
					 in_folder(args[j] + 2));
				args[j] = key_file;
			}
		}
		r = run(rows[i].key, args);
		CHECK_EQ(name, r->code, rows[i].code);
		CHECK_EQ(name, check_json(r->out[0] == '{' ? r->out : ""),
			 rows[i].lines);
		has(name, r->err, rows[i].says);
		CHECK_ROW(name, !strstr(r->err, KEY));
	}
}

static void test_wrong_key_json(void)
{
	const char *path = make_talk();
	const struct run_result *r =
		run("1.2.3.5", (const char *[ARGS_MAX]){ path, "--json" });

	CHECK_EQ(NULL,
		 count(r->out, "\"direction\":null,\"version\":null,"
			       "\"channel\":null,\"seq\":null,"
			       "\"authentic\":false,\"kind\":\"other\"}"),
		 11);
}

/* A full disk is no success. */
static void test_output_full(void)
{
	const char *path = make_talk();
	struct run_result r;

	if (access("/dev/full", W_OK)) {
		check_skip("there is no /dev/full here");
		return;
	}
	run_program((const char *[]){ "/bin/sh", "-c",
				      "\"$0\" decode \"$1\" --key " KEY
				      " > /dev/full",
				      run_crashcart(), path, NULL },
		    NULL, NULL, &r);
	CHECK_EQ(NULL, r.code, 1);
	has(NULL, r.err, "the output cannot be written");
	run_free(&r);
}

/* ---- the recorded conversations of the shared data ---- */

static void test_shared_net(void)
{
	const char *path = check_shared("data/captures/windbg-uncut.pcapng.gz");
	const struct run_result *r;

	if (!path)
		return;
	r = run("8.8.8.8", (const char *[ARGS_MAX]){ path, "--json" });
	CHECK_EQ(NULL, r->code, 0);
	CHECK_EQ(NULL, check_json(r->out), 955);
	CHECK_EQ(NULL, count(r->out, "\"authentic\":true"), 955);
	CHECK_EQ(NULL, count(r->out, "\"checksum_ok\":true"), 526);
	CHECK_EQ(NULL, count(r->out, "\"checksum_ok\":false"), 0);
	CHECK_EQ(NULL, count(r->out, "\"kind\":\"poke\""), 427);
	CHECK_EQ(NULL, count(r->out, "\"kind\":\"response\""), 1);
	CHECK_EQ(NULL, count(r->out, "\"kind\":\"packet\""), 526);
	CHECK_EQ(NULL, count(r->out, "\"kind\":\"other\""), 1);
	/* KD-WIRE 3.1's sample, 6.4 and 8.2 */
	has(NULL, r->out,
	    "\"api\":12337,\"api_name\":\"LoadSymbols\","
	    "\"path\":\"winload.efi\",\"base\":\"0x96f000\","
	    "\"unload\":false,\"pc\":\"0xa79685\"}");
	has(NULL, r->out,
	    "\"path\":\"\",\"base\":\"0xffffffffffffffff\","
	    "\"unload\":true");
	has(NULL, r->out,
	    "\"api_name\":\"Exception\",\"code\":2147483651,"
	    "\"address\":\"0x9cf07d\",\"pc\":\"0x9cf07e\"}");
	has(NULL, r->out,
	    "\"continue_status\":65537,\"trace_flag\":0,"
	    "\"dr7\":\"0x400\"}");
	CHECK_EQ(NULL, count(r->out, "\"name\":\""), 33);
	has(NULL, r->out,
	    "\"name\":\"\\\\Windows\\\\system32\\\\en-GB\\\\"
	    "winload.efi.MUI\"");
	has(NULL, r->err, "955 KDNET datagrams, 955 authenticated");
	has(NULL, r->err, "checksums: 526 hold, 0 do not");
}

/* One line of the recording: the direction, and bytes in hexadecimal. */
static void record_line(struct kd_capture_writer *w, const char *line)
{
	static uint8_t bytes[1 << 16];
	const char *hex = strstr(line, "\"hex\": \"");
	size_t len = 0;
	unsigned byte;

	if (!hex)
		return;
	for (hex += 8; len < sizeof(bytes) && sscanf(hex, "%2x", &byte) == 1;
	     hex += 2)
		bytes[len++] = (uint8_t)byte;
	kd_capture_writer_trace(w, 0, strstr(line, "host>target") != NULL, NULL,
				bytes, len);
}

static void test_shared_serial(void)
{
	const char *path = check_shared("data/captures/serial-amd64.jsonl.gz");
	struct kd_capture_config config = { .kind = KD_LINK_STREAM };
	static char line[1 << 17];
	struct kd_capture_writer *w;
	struct kd_detail detail;
	const struct run_result *r;
	gzFile in;

	if (!path)
		return;
	in = gzopen(path, "rb");
	CHECK(kd_capture_writer_create(in_folder("serial.pcap"), &config,
				       &detail, &w) == KD_OK);
	while (gzgets(in, line, sizeof(line)))
		record_line(w, line);
	gzclose(in);
	kd_capture_writer_destroy(w);
	r = run(NULL,
		(const char *[ARGS_MAX]){ in_folder("serial.pcap"), "--json" });
	CHECK_EQ(NULL, r->code, 0);
	CHECK(check_json(r->out) > 500);
	CHECK_EQ(NULL, count(r->out, "\"api_name\":\"PrintString\""), 211);
	CHECK_EQ(NULL, count(r->out, "\"api_name\":\"LoadSymbols\""), 32);
	CHECK_EQ(NULL, count(r->out, "\"kind\":\"other\""), 0);
	CHECK_EQ(NULL, count(r->out, "\"checksum_ok\":false"), 0);
	CHECK_EQ(NULL, count(r->out, "\"code\":2147483651"), 2);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "json", test_json },
		{ "text", test_text },
		{ "rows", test_rows },
		{ "wrong key as json", test_wrong_key_json },
		{ "output on a full disk", test_output_full },
		{ "the shared KDNET capture", test_shared_net },
		{ "the shared serial recording", test_shared_serial },
	};
	char remove[64];
	int code;

	if (!mkdtemp(folder))
		return 1;
	code = check_run("decode", tests, sizeof(tests) / sizeof(tests[0]));
	snprintf(remove, sizeof(remove), "rm -r %s", folder);
	return system(remove) ? 1 : code;
}
