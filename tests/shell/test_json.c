#include "check.h"
#include "kd_json.h"

#include <string.h>

struct written {
	char text[512];
	size_t len;
};

static void take(void *ctx, const char *text, size_t len)
{
	struct written *w = ctx;

	if (len > sizeof(w->text) - 1 - w->len)
		len = sizeof(w->text) - 1 - w->len;
	memcpy(w->text + w->len, text, len);
	w->len += len;
	w->text[w->len] = '\0';
}

// clang-format off
static const struct {
	const char *name, *text, *as_text, *as_bytes;
} texts[] = {
	{ "nothing",         "",                 "\"\"",              "\"\"" },
	{ "plain",           "a b",              "\"a b\"",           "\"a b\"" },
	{ "quotes",          "\"\\",             "\"\\\"\\\\\"",      "\"\\\"\\\\\"" },
	{ "controls",        "\x01\n\x7f",       "\"\\u0001\\u000a\\u007f\"", "\"\\u0001\\u000a\\u007f\"" },
	{ "two bytes",       "\xc3\xa9",         "\"\xc3\xa9\"",      "\"\\u00c3\\u00a9\"" },
	{ "C1 control",      "\xc2\x85",         "\"\\u0085\"",       "\"\\u00c2\\u0085\"" },
	{ "four bytes",      "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"", "\"\\u00f0\\u009f\\u0098\\u0080\"" },
	{ "cut",             "\xf0\x9f",         "\"\\u00f0\\u009f\"", "\"\\u00f0\\u009f\"" },
	{ "no UTF-8",        "\xe9",             "\"\\u00e9\"",       "\"\\u00e9\"" },
};
// clang-format on

static void test_texts(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct written w = { 0 };
		struct kd_json j = { .sink = take, .ctx = &w };

		kd_json_text(&j, NULL, texts[i].text, strlen(texts[i].text));
		CHECK_TEXT(texts[i].name, w.text, texts[i].as_text);
		w = (struct written){ 0 };
		j.comma = false;
		kd_json_bytes(&j, NULL, texts[i].text, strlen(texts[i].text));
		CHECK_TEXT(texts[i].name, w.text, texts[i].as_bytes);
	}
}

static void test_values(void)
{
	struct written w = { 0 };
	struct kd_json j = { .sink = take, .ctx = &w };

	kd_json_open(&j, NULL, '{');
	kd_json_null(&j, "a");
	kd_json_bool(&j, "b", true);
	kd_json_number(&j, "c", UINT64_MAX);
	kd_json_hex(&j, "d", UINT64_MAX);
	kd_json_open(&j, "e", '[');
	kd_json_close(&j, ']');
	kd_json_open(&j, "f", '[');
	kd_json_bool(&j, NULL, false);
	kd_json_digits(&j, NULL, (const uint8_t *)"\x00\xab", 2);
	kd_json_close(&j, ']');
	kd_json_raw(&j, "g", "{}", 2);
	kd_json_close(&j, '}');
	CHECK_TEXT("all", w.text,
		   "{\"a\":null,\"b\":true,\"c\":18446744073709551615,"
		   "\"d\":\"0xffffffffffffffff\",\"e\":[],"
		   "\"f\":[false,\"00ab\"],\"g\":{}}");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "texts", test_texts },
		{ "values", test_values },
	};

	return check_run("json", tests, sizeof(tests) / sizeof(tests[0]));
}
