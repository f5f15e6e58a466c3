/* The names of streams, the features, and the texts that modules share. */

#include "check.h"
#include "kd_pdb_frames.h"
#include "pdb_scene.h"

#include <string.h>

/* A word of the stream of information, and what comes of it. */
static const struct {
	const char *row;
	size_t at;
	uint32_t value;
	const char *says; /* NULL: it opens all the same */
} info_rows[] = {
	// clang-format off
	{ "names past the end",   28, 4000,       "the names of its streams do not fit into the stream of information" },
	{ "names of 4 GiB",       28, UINT32_MAX, "the names of its streams do not fit into the stream of information" },
	{ "more entries",         39, 50,         "stream 1 of 71 bytes has no 4 bytes at 71" },
	{ "bits past the end",    47, 4000,       "its list of named streams does not fit into the stream of information" },
	{ "deleted past the end", 55, UINT32_MAX, "its list of named streams does not fit into the stream of information" },
	{ "a name elsewhere",     59, 4000,       NULL },
	{ "a stream too far",     63, UINT32_MAX, NULL },
	{ "an unknown feature",   67, 12345,      NULL },
	// clang-format on
};

static void test_information(void)
{
	for (size_t i = 0; i < sizeof(info_rows) / sizeof(info_rows[0]); i++) {
		const char *row = info_rows[i].row;
		struct pdb_scene s = { 0 };

		pdb_scene_fill(&s);
		pdb_scene_fill_private(&s);
		maker_finish(&s.maker);
		maker_set_u32(&s.maker, MAKER_INFO, info_rows[i].at,
			      info_rows[i].value);
		CHECK_EQ(row, pdb_scene_open_finished(&s, 512),
			 info_rows[i].says ? KD_E_FORMAT : KD_OK);
		CHECK_TEXT(row, s.detail.text,
			   info_rows[i].says ? info_rows[i].says : "");
		pdb_scene_close(&s);
	}
}

static void spoil(struct pdb_scene *s, unsigned stream, size_t at,
		  uint32_t value)
{
	pdb_scene_fill(s);
	pdb_scene_fill_private(s);
	maker_finish(&s->maker);
	maker_set_u32(&s->maker, stream, at, value);
	CHECK_EQ("open", pdb_scene_open_finished(s, 512), 0);
}

/* A program is a shared text: what goes wrong with those goes wrong here. */
static const struct {
	const char *row;
	unsigned stream;
	size_t at;
	uint32_t value;
	const char *says;
} text_rows[] = {
	// clang-format off
	{ "not the table's signature", MAKER_TEXTS,  0,  1, "its table of texts (/names) has none at 29" },
	{ "a table of nothing",        MAKER_TEXTS,  8,  0, "its table of texts (/names) has none at 29" },
	{ "a place past its end",      MAKER_FRAMES, 20, 70000, "its table of texts (/names) has none at 70000" },
	{ "no table",                  MAKER_INFO,   63, 0xffff, "it has no table of texts (/names)" },
	// clang-format on
};

static void test_texts(void)
{
	for (size_t i = 0; i < sizeof(text_rows) / sizeof(text_rows[0]); i++) {
		const char *row = text_rows[i].row;
		struct pdb_scene s = { 0 };
		struct kd_pdb_frame f;

		spoil(&s, text_rows[i].stream, text_rows[i].at,
		      text_rows[i].value);
		CHECK_EQ(row, kd_pdb_find_frame(s.pdb, 0x1100, &f),
			 KD_E_FORMAT);
		CHECK_TEXT(row, kd_pdb_get_detail(s.pdb)->text,
			   text_rows[i].says);
		pdb_scene_close(&s);
	}
}

/* A text of any length is read whole, and one without an end is not. */
static void test_lengths(void)
{
	static const size_t lens[] = { 0, 1, 254, 255, 256, 257, 5000, 60000 };
	static char text[70000];

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct pdb_scene s = { 0 };
		struct kd_pdb_frame f;

		memset(text, 'x', sizeof(text));
		text[lens[i]] = 0;
		maker_u32(&s.maker, MAKER_FRAMES, 0x1000);
		maker_u32(&s.maker, MAKER_FRAMES, 0x10);
		maker_zeros(&s.maker, MAKER_FRAMES, 12);
		maker_u32(&s.maker, MAKER_FRAMES,
			  maker_shared_text(&s.maker, text));
		maker_zeros(&s.maker, MAKER_FRAMES, 8);
		CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
		if (CHECK_EQ("frame", kd_pdb_find_frame(s.pdb, 0x1000, &f), 0))
			CHECK_TEXT("frame", f.program, text);
		pdb_scene_close(&s);
	}
}

static void test_endless(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_frame f;

	pdb_scene_fill(&s);
	pdb_scene_fill_private(&s);
	maker_finish(&s.maker);
	struct maker_stream *texts = &s.maker.streams[MAKER_TEXTS];

	memset(texts->bytes + 12, 'x', texts->len - 12);
	CHECK_EQ("open", pdb_scene_open_finished(&s, 512), 0);
	CHECK_EQ("endless", kd_pdb_find_frame(s.pdb, 0x1100, &f), KD_E_FORMAT);
	CHECK_TEXT("endless", kd_pdb_get_detail(s.pdb)->text,
		   "stream 14: the text at 41 has no end");
	pdb_scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "information", test_information },
		{ "texts", test_texts },
		{ "lengths", test_lengths },
		{ "endless", test_endless },
	};

	return check_run("pdb texts", tests, sizeof(tests) / sizeof(tests[0]));
}
