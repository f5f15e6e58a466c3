#include "scene.h"

#define HEADER "start             end                 module name\n"
#define NT                                                                     \
	"fffff800`00000000 fffff800`00008000   nt         (deferred)        "  \
	"     \n"
#define MYFAULT                                                                \
	"fffff880`044b5000 fffff880`044bc000   myfault    (deferred)        "  \
	"     \n"
#define LOADER                                                                 \
	"fffff800`00009000 fffff800`0000a000   winload    (deferred)        "  \
	"     \n"

// clang-format off
static const struct scene_row rows[] = {
	{ "lm", KD_OK, HEADER NT MYFAULT },
	{ "lm a fffff880`044b63aa", KD_OK, HEADER MYFAULT },
	{ "lm a myfault+63aa", KD_OK, HEADER MYFAULT },
	{ "lm a 1000", KD_OK, HEADER },
	{ "lm m my*", KD_OK, HEADER MYFAULT },
	{ "lm m NT", KD_OK, HEADER NT },
	{ "lm a", KD_E_ARG, "'lm a' needs an address.\n" },
	{ "lmm", KD_E_ARG, "'lm m' needs a pattern.\n" },
	{ "lm x", KD_E_ARG, "'lm' does not know 'x'; '.help lm' tells what it knows.\n" },
	{ "lm a 1000 2000", KD_E_FORMAT, "Extra character error in '2000'.\n" },
	{ "lm 1m", KD_OK, "nt\nmyfault\n" },
	{ "lm sm", KD_OK, HEADER MYFAULT NT },
	{ "lm1msm", KD_OK, "myfault\nnt\n" },
	{ "lm l", KD_OK, HEADER },
	{ "lm e", KD_OK, HEADER },
	{ "lm u", KD_OK, HEADER },
	{ "lm ko", KD_OK, HEADER NT MYFAULT },
	{ "lm n m nt", KD_OK, HEADER
	  "fffff800`00000000 fffff800`00008000   nt       ntoskrnl.exe\n" },
	{ "lmfmmy*", KD_OK, HEADER
	  "fffff880`044b5000 fffff880`044bc000   myfault  \\lab\\MyFault.sys\n" },
	{ "lm p m nt", KD_OK, HEADER
	  "fffff800`00000000 fffff800`00008000   nt      \n" },
	{ "lm M *lab*", KD_OK, HEADER MYFAULT },
	{ "lmv m nt", KD_OK, HEADER NT
	  "    Image path: ntoskrnl.exe\n"
	  "    Image name: ntoskrnl.exe\n"
	  "    Timestamp:        unavailable (00000000)\n"
	  "    ImageSize:        00008000\n" },
	{ "lm t n m nt", KD_OK, HEADER
	  "fffff800`00000000 fffff800`00008000   nt       ntoskrnl.exe unavailable (00000000)\n" },
	/* its headers cannot be read */
	{ ".printf \"%y\\n\", nt+10; lm", KD_OK, "nt+0x10\n" HEADER
	  "fffff800`00000000 fffff800`00008000   nt         (no symbols)           ntoskrnl.exe\n"
	  MYFAULT },
	{ "lm e", KD_OK, HEADER
	  "fffff800`00000000 fffff800`00008000   nt         (no symbols)           ntoskrnl.exe\n" },
	/* for a name without a module all of them are asked */
	{ "lm a nosuch", KD_E_NOT_FOUND, "Couldn't resolve error at 'nosuch'.\n" },
	{ "lm ok m my*", KD_OK, HEADER
	  "fffff880`044b5000 fffff880`044bc000   myfault    (no symbols)           \n" },
};
// clang-format on

static void init(struct scene *s)
{
	scene_init(s);
	s->session.modules[0] = (struct kd_module){
		.base = 0xfffff880044b5000,
		.size = 0x7000,
		.name = "myfault",
		.image = "MyFault.sys",
		.path = "\\lab\\MyFault.sys",
	};
	s->session.modules[1] = (struct kd_module){
		.base = 0xfffff80000000000,
		.size = 0x8000,
		.name = "nt",
		.image = "ntoskrnl.exe",
	};
	s->session.module_count = 2;
	scene_open(s);
}

static void test_rows(void)
{
	struct scene s;

	init(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

static void load(struct scene *s, uint64_t base, const char *path, size_t len)
{
	struct kd_event e = {
		.kind = KD_EV_MODULE_LOADED,
		.module = { .base = base,
			    .size = 0x1000,
			    .path = path,
			    .path_len = len },
	};

	scene_show(s, &e);
}

/* A list that breaks off: what is there, what events told, and where. */
static void test_broken_list(void)
{
	struct scene s;

	init(&s);
	load(&s, 0xfffff80000009000, "\\boot\\winload.efi", 17);
	s.session.list_end = KD_E_TARGET;
	CHECK_TEXT("breaks off", scene_run(&s, "lm", KD_OK),
		   HEADER NT LOADER MYFAULT
		   "The list goes on, but its entry at 00000000`00ad5e90 "
		   "cannot be read.\n");
	s.session.list_end = KD_E_PROTOCOL;
	scene_run(&s, "lm m nt", KD_E_PROTOCOL);
	CHECK_TEXT("makes no sense", s.out,
		   HEADER NT "The list of modules cannot be read: the target's "
			     "answer makes no sense.\n");
	s.session.list_end = KD_OK;
	CHECK_TEXT("whole again", scene_run(&s, "lm", KD_OK),
		   HEADER NT MYFAULT);
	scene_close(&s);
}

/* A name that cannot be read is taken from the event, if there was one. */
static void test_no_name(void)
{
	struct scene s;

	init(&s);
	load(&s, 0xfffff80000009000, "\\boot\\winload.efi", 17);
	s.session.modules[0] = (struct kd_module){ .base = 0xfffff80000009000,
						   .size = 0x1000 };
	s.session.modules[1] =
		(struct kd_module){ .base = 0x1000, .size = 0x1000 };
	CHECK_TEXT("told and untold", scene_run(&s, "lm", KD_OK),
		   HEADER
		   "00000000`00001000 00000000`00002000   "
		   "Unknown_Module_00000000`00001000   (deferred)             "
		   "\n" LOADER);
	scene_close(&s);
}

static void test_32_bits(void)
{
	struct scene s;

	init(&s);
	s.session.version.machine = KD_ARCH_X86;
	s.session.module_count = 1;
	s.session.modules[0].base = 0xfffffffff9f73000;
	CHECK_TEXT("header", scene_run(&s, "lm", KD_OK),
		   "start    end        module name\n"
		   "f9f73000 f9f7a000   myfault    (deferred)             \n");
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "broken list", test_broken_list },
		{ "no name", test_no_name },
		{ "32 bits", test_32_bits },
	};

	return check_run("lm", tests, sizeof(tests) / sizeof(tests[0]));
}
