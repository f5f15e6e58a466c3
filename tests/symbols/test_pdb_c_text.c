#include "check.h"
#include "pdb_scene.h"

#include <string.h>

/* The types that are made, in this order; then a ring. */
enum {
	BOX = MAKER_FIRST_TYPE, /* a structure */
	POINTER,		/* to it */
	POINTER_TWICE,
	CONSTANT, /* const BOX */
	POINTER_CONSTANT,
	ROW,	  /* unsigned short [3] */
	MATRIX,	  /* of two of those */
	POINTERS, /* four of those to BOX */
	NONE,	  /* no parameters */
	SOME,
	FUNCTION_NONE,
	FUNCTION_SOME,
	POINTER_FUNCTION,
	METHOD,
	FUNCTION_BAD, /* whose parameters are a structure */
	CUT,	      /* a list that says it has more than it has */
	FUNCTION_CUT,
	RING,
	END,
};

static void pointer(struct maker *m, uint32_t to)
{
	maker_type(m, 0x1002);
	maker_u32(m, MAKER_TYPES, to);
	maker_u32(m, MAKER_TYPES, 8 << 13 | 0xc);
	maker_type_end(m, NULL);
}

static void array(struct maker *m, uint32_t of, uint16_t size)
{
	maker_type(m, 0x1503);
	maker_u32(m, MAKER_TYPES, of);
	maker_u32(m, MAKER_TYPES, 0x23);
	maker_u16(m, MAKER_TYPES, size);
	maker_text(m, MAKER_TYPES, "");
	maker_type_end(m, NULL);
}

static void function(struct maker *m, uint32_t parameters)
{
	maker_type(m, 0x1008);
	maker_u32(m, MAKER_TYPES, 0x03);
	maker_u32(m, MAKER_TYPES, 0);
	maker_u32(m, MAKER_TYPES, parameters);
	maker_type_end(m, NULL);
}

static void list(struct maker *m, uint32_t claimed, const uint32_t *types,
		 size_t count)
{
	maker_type(m, 0x1201);
	maker_u32(m, MAKER_TYPES, claimed);
	for (size_t i = 0; i < count; i++)
		maker_u32(m, MAKER_TYPES, types[i]);
	maker_type_end(m, NULL);
}

static void make_types(struct maker *m)
{
	static const uint32_t some[] = { 0x22, POINTER, 0x670, 0x413, 0 };

	CHECK_EQ("box", maker_struct(m, "_BOX", 0, 0, 16), BOX);
	pointer(m, BOX);
	pointer(m, POINTER);
	maker_type(m, 0x1001);
	maker_u32(m, MAKER_TYPES, BOX);
	maker_u16(m, MAKER_TYPES, 1);
	maker_type_end(m, NULL);
	pointer(m, CONSTANT);
	array(m, 0x21, 6);
	array(m, ROW, 12);
	array(m, POINTER, 32);
	list(m, 0, NULL, 0);
	list(m, 5, some, 5);
	function(m, NONE);
	function(m, SOME);
	pointer(m, FUNCTION_SOME);
	maker_type(m, 0x1009);
	maker_u32(m, MAKER_TYPES, 0x03);
	maker_u32(m, MAKER_TYPES, BOX);
	maker_u32(m, MAKER_TYPES, POINTER);
	maker_u32(m, MAKER_TYPES, 0);
	maker_u32(m, MAKER_TYPES, SOME);
	maker_u32(m, MAKER_TYPES, 0);
	maker_type_end(m, NULL);
	function(m, BOX);
	list(m, 1000, some, 2);
	function(m, CUT);
	pointer(m, RING);
}

// clang-format off
static const struct {
	uint32_t type;
	enum kd_status status;
	const char *text;
} type_rows[] = {
	{ 0x03,             KD_OK, "void" },
	{ 0x74,             KD_OK, "int" },
	{ 0x22,             KD_OK, "unsigned long" },
	{ 0x23,             KD_OK, "unsigned int64" },
	{ 0x670,            KD_OK, "char *" },
	{ BOX,              KD_OK, "struct _BOX" },
	{ POINTER,          KD_OK, "struct _BOX *" },
	{ POINTER_TWICE,    KD_OK, "struct _BOX **" },
	{ POINTER_CONSTANT, KD_OK, "struct _BOX *" },
	{ ROW,              KD_OK, "unsigned short [3]" },
	{ MATRIX,           KD_OK, "unsigned short [2][3]" },
	{ POINTERS,         KD_OK, "struct _BOX *[4]" },
	{ FUNCTION_SOME,    KD_OK, "<function>" },
	{ POINTER_FUNCTION, KD_OK, "<function> *" },
	{ RING,             KD_E_FORMAT, "" },
	{ END,              KD_E_NOT_FOUND, "" },
};

static const struct {
	uint32_t type;
	enum kd_status status;
	const char *text;
} parameter_rows[] = {
	{ FUNCTION_NONE,    KD_OK, "(void)" },
	{ FUNCTION_SOME,    KD_OK, "(unsigned long, struct _BOX *, char *, int64 *, ...)" },
	{ METHOD,           KD_OK, "(unsigned long, struct _BOX *, char *, int64 *, ...)" },
	{ BOX,              KD_E_NOT_FOUND, "" },
	{ POINTER_FUNCTION, KD_E_NOT_FOUND, "" },
	{ FUNCTION_BAD,     KD_E_FORMAT, "" },
	{ FUNCTION_CUT,     KD_E_FORMAT, "" },
};
// clang-format on

static void test_types(void)
{
	static struct pdb_scene s;
	char text[128];

	make_types(&s.maker);
	if (!CHECK_EQ("open", pdb_scene_open(&s, 512), KD_OK))
		return;
	for (size_t i = 0; i < sizeof(type_rows) / sizeof(type_rows[0]); i++) {
		CHECK_EQ(type_rows[i].text,
			 -kd_pdb_type_c_text(s.pdb, type_rows[i].type, text,
					     sizeof(text)),
			 -type_rows[i].status);
		if (type_rows[i].status == KD_OK)
			CHECK_TEXT(type_rows[i].text, text, type_rows[i].text);
	}
	for (size_t i = 0;
	     i < sizeof(parameter_rows) / sizeof(parameter_rows[0]); i++) {
		CHECK_EQ(parameter_rows[i].text,
			 -kd_pdb_parameters_text(s.pdb, parameter_rows[i].type,
						 text, sizeof(text)),
			 -parameter_rows[i].status);
		if (parameter_rows[i].status == KD_OK)
			CHECK_TEXT(parameter_rows[i].text, text,
				   parameter_rows[i].text);
	}
	CHECK_EQ("room", -kd_pdb_type_c_text(s.pdb, POINTER, text, 13),
		 -KD_E_SPACE);
	CHECK_EQ("room", kd_pdb_type_c_text(s.pdb, POINTER, text, 14), KD_OK);
	CHECK_EQ("room", -kd_pdb_parameters_text(s.pdb, FUNCTION_NONE, text, 6),
		 -KD_E_SPACE);
	pdb_scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "types", test_types },
	};

	return check_run("pdb c text", tests, sizeof(tests) / sizeof(tests[0]));
}
