#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_names_text.h"
#include "kd_shell_state.h"

#include <inttypes.h>
#include <string.h>

/*
 * KUSER_SHARED_DATA: where the kernel sees it, and the fields that say what
 * system runs and since when. Public, fixed since Windows NT 5.
 */
#define SHARED_DATA_64 UINT64_C(0xfffff78000000000)
#define SHARED_DATA_32 UINT64_C(0xffffffffffdf0000)
enum {
	SHARED_INTERRUPT_TIME = 0x8, /* 100 ns since boot */
	SHARED_SYSTEM_TIME = 0x14,   /* 100 ns since 1601 */
	SHARED_PRODUCT_TYPE = 0x264,
	SHARED_SUITE_MASK = 0x2d0,
	SHARED_LEN = 0x2d4,
	/* KSYSTEM_TIME TickCount: since Windows Server 2003; 0 before */
	SHARED_TICK_COUNT = 0x320,
};
/* 1601 to 1970 in 100 ns */
#define EPOCH_1970 UINT64_C(116444736000000000)

/* KDDEBUGGER_DATA64: KD-WIRE 7. */
enum {
	KDBG_TAG = 0x4742444b,
	KDBG_TAG_OFFSET = 0x10,
	KDBG_BUILD_LAB = 0x208,
	KDBG_LEN = 0x210,
	KDBG_BLOCKS_MAX = 8,
	BUILD_LAB_MAX = 128,
};

enum { LINE_LEN = 256, HOURS_MAX = 23 };

/* KSYSTEM_TIME; the third word repeats the second for those who race. */
static uint64_t system_time(const uint8_t *shared, size_t offset)
{
	struct kd_reader in = kd_reader_over(shared + offset, 8);

	return kd_read_le64(&in);
}

static uint32_t shared_value(const uint8_t *shared, size_t offset)
{
	struct kd_reader in = kd_reader_over(shared + offset, 4);

	return kd_read_le32(&in);
}

static bool read_shared_at(struct kd_shell *sh, size_t offset, uint8_t *bytes,
			   size_t count)
{
	uint64_t address = kd_shell_pointer_size(sh) == 4 ? SHARED_DATA_32
							  : SHARED_DATA_64;
	size_t len;

	return kd_session_is_halted(sh->session) &&
	       kd_shell_read(sh, address + offset, bytes, count, &len) ==
		       KD_OK &&
	       len == count;
}

static bool read_shared(struct kd_shell *sh, uint8_t shared[SHARED_LEN])
{
	return read_shared_at(sh, 0, shared, SHARED_LEN);
}

bool kd_shell_system_time(struct kd_shell *sh, uint64_t *ret)
{
	uint8_t shared[SHARED_LEN];

	if (!read_shared(sh, shared))
		return false;
	*ret = system_time(shared, SHARED_SYSTEM_TIME);
	return true;
}

bool kd_shell_tick_count(struct kd_shell *sh, uint32_t *ret)
{
	uint8_t bytes[4];

	if (!read_shared_at(sh, SHARED_TICK_COUNT, bytes, sizeof(bytes)))
		return false;
	*ret = shared_value(bytes, 0);
	return *ret != 0;
}

/* The address of KDBG, or 0. */
static uint64_t find_kdbg(struct kd_shell *sh, uint64_t head)
{
	uint64_t at = head;

	for (unsigned i = 0; i < KDBG_BLOCKS_MAX; i++) {
		uint8_t tag[8];
		struct kd_reader in = kd_reader_over(tag, sizeof(tag));
		size_t len;

		if (kd_session_read_pointer(sh->session, at,
					    kd_shell_deadline(sh),
					    &at) != KD_OK ||
		    at == head ||
		    kd_shell_read(sh, at + KDBG_TAG_OFFSET, tag, sizeof(tag),
				  &len) != KD_OK ||
		    len != sizeof(tag))
			return 0;
		if (kd_read_le32(&in) == KDBG_TAG)
			return kd_read_le32(&in) >= KDBG_LEN ? at : 0;
	}
	return 0;
}

enum kd_status kd_shell_kdbg_pointer(struct kd_shell *sh, uint32_t offset,
				     uint64_t *ret)
{
	const struct kd_version *v = kd_session_version(sh->session);
	uint8_t bytes[8];
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));
	uint64_t kdbg;
	enum kd_status st;

	if (!v || !(v->flags & KD_VERSION_DATA) || !v->debugger_data_list)
		return KD_E_NOT_FOUND;
	kdbg = find_kdbg(sh, v->debugger_data_list);
	if (!kdbg)
		return KD_E_NOT_FOUND;
	st = kd_shell_read_all(sh, kdbg + offset, false, bytes, sizeof(bytes));
	if (st != KD_OK)
		return st;
	*ret = kd_read_le64(&in);
	return *ret ? KD_OK : KD_E_NOT_FOUND;
}

static bool read_build_lab(struct kd_shell *sh, const struct kd_version *v,
			   char out[BUILD_LAB_MAX + 1])
{
	uint64_t kdbg, text;
	uint8_t pointer[8];
	struct kd_reader in = kd_reader_over(pointer, sizeof(pointer));
	size_t len;

	if (!kd_session_is_halted(sh->session) ||
	    !(v->flags & KD_VERSION_DATA) || !v->debugger_data_list)
		return false;
	kdbg = find_kdbg(sh, v->debugger_data_list);
	if (!kdbg ||
	    kd_shell_read(sh, kdbg + KDBG_BUILD_LAB, pointer, sizeof(pointer),
			  &len) != KD_OK ||
	    len != sizeof(pointer))
		return false;
	text = kd_read_le64(&in);
	if (kd_shell_read(sh, text, out, BUILD_LAB_MAX, &len) != KD_OK)
		return false;
	out[len] = '\0';
	/* a text without an end is none */
	return out[0] && strlen(out) < len;
}

static void show_kernel(struct kd_shell *sh, const struct kd_version *v,
			unsigned processors)
{
	enum kd_arch arch = kd_session_arch(sh->session);
	const char *kind = (v->major & 0xff) == 0x0c ? "Checked" : "Free";
	char procs[32] = "UP";

	if (v->flags & KD_VERSION_MP)
		snprintf(procs, sizeof(procs),
			 processors ? "MP (%u procs)" : "MP", processors);
	kd_out(sh, "%s Kernel Version %u %s %s %s\n", kd_release_name(v),
	       v->build, procs, kind, kd_machine_name(arch));
}

static void show_bases(struct kd_shell *sh, const struct kd_version *v)
{
	bool boot = v->major >> 8 == 4;
	unsigned size = kd_shell_pointer_size(sh);
	char base[KD_ADDRESS_TEXT_MAX], list[KD_ADDRESS_TEXT_MAX];

	if (!v->kernel_base)
		return;
	kd_out(sh, "%s base = 0x%s %s = 0x%s\n",
	       boot ? "Primary image" : "Kernel",
	       kd_format_address(base, v->kernel_base, size),
	       boot ? "Loaded module list" : "PsLoadedModuleList",
	       kd_format_address(list, v->loaded_module_list, size));
}

static void show_times(struct kd_shell *sh, const uint8_t *shared, int hours)
{
	char buf[LINE_LEN];
	struct kd_text line = kd_text_over(buf, sizeof(buf));
	uint64_t now = system_time(shared, SHARED_SYSTEM_TIME);

	if (now > EPOCH_1970) {
		kd_format_time_in_zone(&line, (now - EPOCH_1970) / 10, hours);
		kd_out(sh, "Debug session time: %s\n", buf);
	}
	line = kd_text_over(buf, sizeof(buf));
	kd_record_number(sh, "uptime_us",
			 system_time(shared, SHARED_INTERRUPT_TIME) / 10);
	kd_format_uptime(&line,
			 system_time(shared, SHARED_INTERRUPT_TIME) / 10);
	kd_out(sh, "System Uptime: %s\n", buf);
}

static void record_version(struct kd_shell *sh, const struct kd_version *v,
			   unsigned processors)
{
	enum kd_arch arch = kd_session_arch(sh->session);

	kd_record_open(sh, "system");
	kd_record_text(sh, "release", kd_release_name(v));
	kd_record_number(sh, "build", v->build);
	kd_record_text(sh, "machine", kd_machine_name(arch));
	kd_record_number(sh, "pointer_size", kd_arch_pointer_size(arch));
	kd_record_number(sh, "processors", processors);
	kd_record_address(sh, "kernel_base", v->kernel_base);
	kd_record_address(sh, "loaded_module_list", v->loaded_module_list);
}

/* "-h HOURS" */
static enum kd_status take_hours(struct kd_shell *sh, const char *args,
				 int *ret)
{
	uint64_t hours;
	enum kd_status st;

	if (!*args)
		return KD_OK;
	if (strncmp(args, "-h", 2) != 0 || !kd_spaces(args + 2))
		return kd_shell_syntax_error(sh, args);
	st = kd_shell_evaluate_all(sh, args + 2 + kd_spaces(args + 2), &hours);
	if (st != KD_OK)
		return st;
	/* modulo 2^64, and the same upwards and downwards */
	if (hours + HOURS_MAX > 2 * HOURS_MAX) {
		kd_out(sh,
		       "A zone is at most %d hours away from UTC: "
		       "'.time -h (-8)'.\n",
		       HOURS_MAX);
		return KD_E_ARG;
	}
	*ret = (int)(hours + HOURS_MAX) - HOURS_MAX;
	return KD_OK;
}

enum kd_status kd_run_time(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	uint8_t shared[SHARED_LEN];
	int hours = 0;
	enum kd_status st = take_hours(sh, args, &hours);

	(void)self;
	if (st != KD_OK)
		return st;
	if (!read_shared(sh, shared)) {
		kd_out(sh, "The target's shared data cannot be read.\n");
		return KD_E_TARGET;
	}
	show_times(sh, shared, hours);
	return KD_OK;
}

void kd_shell_show_system(struct kd_shell *sh, unsigned processors)
{
	const struct kd_version *known = kd_session_version(sh->session);
	uint8_t shared[SHARED_LEN];
	char lab[BUILD_LAB_MAX + 1], buf[LINE_LEN];
	struct kd_text line = kd_text_over(buf, sizeof(buf));
	struct kd_version v;
	bool has_shared;

	if (!known)
		return;
	v = *known;
	record_version(sh, &v, processors);
	has_shared = v.major >> 8 != 4 && read_shared(sh, shared);
	show_kernel(sh, &v, processors);
	if (has_shared) {
		kd_add_product(&line, shared_value(shared, SHARED_PRODUCT_TYPE),
			       shared_value(shared, SHARED_SUITE_MASK));
		kd_out(sh, "%s\n", buf);
	}
	if (read_build_lab(sh, &v, lab)) {
		kd_record_text(sh, "build_lab", lab);
		kd_out(sh, "Built by: %s\n", lab);
	}
	show_bases(sh, &v);
	if (has_shared)
		show_times(sh, shared, 0);
	kd_record_close(sh);
}

void kd_shell_add_wall_time(const struct kd_shell *sh, struct kd_text *out)
{
	if (!sh->config.wall_us)
		return;
	kd_text_add(out, " at (");
	kd_format_time(out, sh->config.wall_us(sh->config.wall_ctx));
	kd_text_add(out, ")");
}

void kd_shell_show_banner(struct kd_shell *sh, const struct kd_stop *stop)
{
	const struct kd_version *v = kd_session_version(sh->session);
	enum kd_arch arch = kd_session_arch(sh->session);
	char buf[LINE_LEN];
	struct kd_text at = kd_text_over(buf, sizeof(buf));

	if (!v)
		return;
	kd_shell_add_wall_time(sh, &at);
	kd_out(sh, "Connected to %s %u %s target%s, ptr64 %s\n",
	       kd_release_name(v), v->build, kd_machine_name(arch), buf,
	       kd_arch_pointer_size(arch) == 8 ? "TRUE" : "FALSE");
	kd_out(sh, "Kernel Debugger connection established.%s\n",
	       sh->config.initial_break ? "  (Initial Breakpoint requested)"
					: "");
	if (sh->symbol_path[0])
		kd_out(sh, "Symbol search path is: %s\n", sh->symbol_path);
	kd_shell_show_system(sh, stop->processor_count);
}
