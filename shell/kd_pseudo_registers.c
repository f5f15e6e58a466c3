#include "kd_caller.h"
#include "kd_shell_state.h"
#include "kd_typed_registers.h"

#include <string.h>
#include <strings.h>

enum { PAGE_SIZE_OF_ALL = 4096 };

/* FILETIME of 1 January 1970. */
#define EPOCH UINT64_C(116444736000000000)

/*
 * A register of the stopped processor, whose name each architecture has its
 * own of.
 */
static enum kd_status from_context(struct kd_shell *sh,
				   const char *const names[4], uint64_t *ret)
{
	static const enum kd_arch archs[] = { KD_ARCH_X64, KD_ARCH_X86,
					      KD_ARCH_ARM, KD_ARCH_ARM64 };
	struct kd_context context;
	enum kd_status st = kd_shell_context(sh, &context);

	if (st != KD_OK)
		return st;
	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++) {
		const struct kd_register *r =
			context.arch == archs[i]
				? kd_register_find(context.arch, names[i])
				: NULL;

		if (r && kd_register_get(&context, r, ret))
			return KD_OK;
	}
	return KD_E_UNSUPPORTED;
}

static enum kd_status get_ip(struct kd_shell *sh, uint64_t *ret)
{
	static const char *const names[] = { "rip", "eip", "pc", "pc" };

	return from_context(sh, names, ret);
}

static enum kd_status get_csp(struct kd_shell *sh, uint64_t *ret)
{
	static const char *const names[] = { "rsp", "esp", "sp", "sp" };

	return from_context(sh, names, ret);
}

static enum kd_status get_retreg(struct kd_shell *sh, uint64_t *ret)
{
	static const char *const names[] = { "rax", "eax", "r0", "x0" };

	return from_context(sh, names, ret);
}

/* The pair of two registers where one has 32 bits. */
static enum kd_status get_retreg64(struct kd_shell *sh, uint64_t *ret)
{
	static const char *const names[] = { "rax", "edx", "r1", "x0" };
	uint64_t high, low;
	enum kd_status st = from_context(sh, names, &high);

	if (st != KD_OK)
		return st;
	if (kd_shell_pointer_size(sh) == 8) {
		*ret = high;
		return KD_OK;
	}
	st = get_retreg(sh, &low);
	if (st == KD_OK)
		*ret = high << 32 | low;
	return st;
}

/* The function that .frame has chosen, if it is the stopped processor's. */
static uint32_t frame_number(const struct kd_shell *sh)
{
	return sh->has_processor ? 0 : sh->scope.frame;
}

static enum kd_status get_frame(struct kd_shell *sh, uint64_t *ret)
{
	if (!kd_session_stop(sh->session))
		return KD_E_STATE;
	*ret = frame_number(sh);
	return KD_OK;
}

static enum kd_status get_scopeip(struct kd_shell *sh, uint64_t *ret)
{
	struct kd_stack_frame frame;
	enum kd_status st;

	if (!frame_number(sh))
		return get_ip(sh, ret);
	st = kd_shell_frame(sh, frame_number(sh), &frame);
	if (st == KD_OK)
		*ret = frame.pc;
	return st == KD_E_NOT_FOUND ? KD_E_UNSUPPORTED : st;
}

/* Where the current function returns to. */
static enum kd_status get_ra(struct kd_shell *sh, uint64_t *ret)
{
	struct kd_caller caller;
	enum kd_status st = kd_shell_caller(sh, &caller);

	if (st == KD_OK)
		*ret = caller.pc;
	return st == KD_E_END ? KD_E_UNSUPPORTED : st;
}

static enum kd_status get_eventip(struct kd_shell *sh, uint64_t *ret)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);

	if (!stop)
		return KD_E_STATE;
	*ret = stop->pc;
	return KD_OK;
}

static enum kd_status get_previp(struct kd_shell *sh, uint64_t *ret)
{
	if (sh->stops < 2)
		return KD_E_UNSUPPORTED;
	*ret = sh->previous_pc;
	return KD_OK;
}

static enum kd_status get_exp(struct kd_shell *sh, uint64_t *ret)
{
	*ret = sh->last_value;
	return KD_OK;
}

static enum kd_status get_last_shown(struct kd_shell *sh, uint64_t *ret)
{
	*ret = sh->last_shown;
	return KD_OK;
}

static enum kd_status get_ptrsize(struct kd_shell *sh, uint64_t *ret)
{
	*ret = kd_shell_pointer_size(sh);
	return KD_OK;
}

static enum kd_status get_pagesize(struct kd_shell *sh, uint64_t *ret)
{
	(void)sh;
	*ret = PAGE_SIZE_OF_ALL;
	return KD_OK;
}

static enum kd_status get_dbgtime(struct kd_shell *sh, uint64_t *ret)
{
	if (!sh->config.wall_us)
		return KD_E_UNSUPPORTED;
	*ret = EPOCH + sh->config.wall_us(sh->config.wall_ctx) * 10;
	return KD_OK;
}

/* Known to WinDbg, and not here. */
static enum kd_status get_nothing(struct kd_shell *sh, uint64_t *ret)
{
	(void)sh;
	(void)ret;
	return KD_E_UNSUPPORTED;
}

// clang-format off
static const struct {
	const char *name;
	enum kd_status (*get)(struct kd_shell *sh, uint64_t *ret);
} rows[] = {
	{ "$ip",       get_ip },
	{ "$scopeip",  get_scopeip },
	{ "$eventip",  get_eventip },
	{ "$previp",   get_previp },
	{ "$csp",      get_csp },
	{ "$retreg",   get_retreg },
	{ "$retreg64", get_retreg64 },
	{ "$thread",   kd_current_thread },
	{ "$exp",      get_exp },
	{ "$ptrsize",  get_ptrsize },
	{ "$pagesize", get_pagesize },
	{ "$dbgtime",  get_dbgtime },
	{ "$ra",       get_ra },
	{ "$ea",       get_nothing },
	{ "$ea2",      get_nothing },
	{ "$p",        get_last_shown },
	{ "$relip",    get_nothing },
	{ "$exentry",  kd_current_entry },
	{ "$proc",     kd_current_process },
	{ "$peb",      kd_current_peb },
	{ "$teb",      kd_current_teb },
	{ "$tpid",     kd_current_process_id },
	{ "$tid",      kd_current_thread_id },
	{ "$frame",    get_frame },
	{ "$callret",  get_nothing },
	{ "$pcr",      kd_current_pcr },
	{ "$prcb",     kd_current_prcb },
	{ "$pcrb",     kd_current_prcb },
};
// clang-format on

/* The number behind a prefix, as in "$t12"; false if it is not that. */
static bool numbered(const char *name, const char *prefix, unsigned count,
		     unsigned *ret)
{
	size_t len = strlen(prefix);
	unsigned n = 0;

	if (strncasecmp(name, prefix, len) != 0 || !name[len] ||
	    strlen(name + len) > 2)
		return false;
	for (const char *c = name + len; *c; c++) {
		if (*c < '0' || *c > '9')
			return false;
		n = n * 10 + (unsigned)(*c - '0');
	}
	if (n >= count)
		return false;
	*ret = n;
	return true;
}

static enum kd_status exception_value(const struct kd_shell *sh,
				      const char *name, uint64_t *ret)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);
	const struct kd_exception *e = stop ? &stop->exception : NULL;
	unsigned n;

	if (!e || stop->new_state != KD_STATE_EXCEPTION)
		return KD_E_UNSUPPORTED;
	if (!strcasecmp(name, "$exr_chance"))
		*ret = e->first_chance;
	else if (!strcasecmp(name, "$exr_code"))
		*ret = e->code;
	else if (!strcasecmp(name, "$exr_numparams"))
		*ret = e->parameter_count;
	else if (numbered(name, "$exr_param", KD_EXCEPTION_PARAMETERS, &n))
		*ret = n < e->parameter_count ? e->parameter[n] : 0;
	else
		return KD_E_NOT_FOUND;
	return KD_OK;
}

static enum kd_status bug_check_value(const struct kd_shell *sh,
				      const char *name, uint64_t *ret)
{
	unsigned n;

	if (!sh->bug_check_known)
		return KD_E_UNSUPPORTED;
	if (!strcasecmp(name, "$bug_code"))
		*ret = sh->bug_check.code;
	else if (numbered(name, "$bug_param", 5, &n) && n)
		*ret = sh->bug_check.parameter[n - 1];
	else
		return KD_E_NOT_FOUND;
	return KD_OK;
}

/* "$bp12": where a breakpoint is. */
static bool breakpoint_value(const struct kd_shell *sh, const char *name,
			     enum kd_status *ret_status, uint64_t *ret)
{
	const struct kd_breakpoint *b;
	unsigned n;

	if (!numbered(name, "$bp", 100, &n))
		return false;
	b = kd_session_breakpoint(sh->session, n);
	*ret_status = b && b->resolved ? KD_OK : KD_E_UNSUPPORTED;
	if (b && b->resolved)
		*ret = b->address;
	return true;
}

enum kd_status kd_pseudo_register_get(struct kd_shell *sh, const char *name,
				      uint64_t *ret)
{
	enum kd_status st;
	unsigned n;

	if (breakpoint_value(sh, name, &st, ret))
		return st;
	if (numbered(name, "$t", KD_USER_REGISTERS, &n)) {
		*ret = sh->user_registers[n];
		return KD_OK;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcasecmp(rows[i].name, name))
			return rows[i].get(sh, ret);
	if (!strncasecmp(name, "$exr_", 5))
		return exception_value(sh, name, ret);
	if (!strncasecmp(name, "$bug_", 5))
		return bug_check_value(sh, name, ret);
	return KD_E_NOT_FOUND;
}

enum kd_status kd_pseudo_register_set(struct kd_shell *sh, const char *name,
				      uint64_t value)
{
	unsigned n;

	if (!numbered(name, "$t", KD_USER_REGISTERS, &n))
		return KD_E_NOT_FOUND;
	sh->user_registers[n] = value;
	return KD_OK;
}
