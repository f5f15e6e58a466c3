/* k and its like. */

#include "kd_commands.h"
#include "kd_frame_text.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <string.h>

enum { DEPTH = 256 };

/* What a k has been asked for. */
struct backtrace {
	struct kd_frame_columns columns;
	bool raw;    /* d: the words of the stack */
	bool starts; /* "= …" */
	struct kd_context context;
	uint64_t count;
};

static bool take_letter(struct backtrace *b, char letter)
{
	struct kd_frame_columns *c = &b->columns;

	switch (letter) {
	case 'b':
		c->arguments = true;
		return true;
	case 'c':
		c->clean = true;
		return true;
	case 'd':
		b->raw = true;
		return true;
	case 'f':
		c->memory = true;
		return true;
	case 'L':
		c->no_lines = true;
		return true;
	case 'M': /* links; there are none, but their numbers */
	case 'n':
		c->numbers = true;
		return true;
	case 'p':
		c->parameters = true;
		return true;
	case 'P':
		c->below = true;
		return true;
	case 'v':
		c->verbose = true;
		return true;
	default:
		return false;
	}
}

static bool set_register(struct kd_context *c, const char *x64, const char *x86,
			 const char *arm64, uint64_t value)
{
	const char *name = c->arch == KD_ARCH_X64   ? x64
			   : c->arch == KD_ARCH_X86 ? x86
						    : arm64;
	const struct kd_register *r = kd_register_find(c->arch, name);

	return r && kd_register_set(c, r, value);
}

/*
 * "= STACK", "= STACK PC", "= STACK COUNT", "= STACK PC COUNT"; on x86 "= BASE
 * [COUNT]" and "= BASE STACK PC". A count is small, no PC is.
 */
static enum kd_status take_start(struct kd_shell *sh, struct backtrace *b,
				 const char *at)
{
	enum { COUNT_MAX = 0xffff };
	uint64_t value[3] = { 0 };
	size_t n = 0;
	bool x86 = b->context.arch == KD_ARCH_X86;
	enum kd_status st = KD_OK;

	for (at += kd_spaces(at); *at && n < 3; at += kd_spaces(at)) {
		st = kd_shell_evaluate(sh, &at, &value[n++]);
		if (st != KD_OK)
			return st;
	}
	if (*at || !n)
		return kd_shell_syntax_error(sh, at);
	b->starts = true;
	set_register(&b->context, "rsp", x86 && n < 3 ? "ebp" : "esp", "sp",
		     value[x86 && n == 3]);
	if (x86)
		set_register(&b->context, "", n < 3 ? "esp" : "ebp", "",
			     value[0]);
	if (x86 && n == 3)
		kd_context_set_pc(&b->context, value[2]);
	else if (!x86 && n > 1 && value[1] > COUNT_MAX)
		kd_context_set_pc(&b->context, value[1]);
	else if (n == 2)
		b->count = value[1];
	if (!x86 && n == 3)
		b->count = value[2];
	return KD_OK;
}

static enum kd_status parse(struct kd_shell *sh, const char *args,
			    struct backtrace *b)
{
	enum kd_status st = kd_shell_context(sh, &b->context);

	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot read the registers");
	/* "k b" has a count, "kb" a letter */
	while (sh->joined && take_letter(b, *args))
		args++;
	args += kd_spaces(args);
	if (*args == '=')
		return take_start(sh, b, args + 1);
	return *args ? kd_shell_evaluate_all(sh, args, &b->count) : KD_OK;
}

/* As dps has it. */
static enum kd_status show_raw(struct kd_shell *sh, const struct backtrace *b)
{
	const struct kd_command *dps = kd_command_find("dps");
	char range[64];

	snprintf(range, sizeof(range), "0x%" PRIx64 " L0x%" PRIx64,
		 kd_context_sp(&b->context), b->count);
	return dps->run(sh, dps, range);
}

/* Nothing of what is told from here on is sure. */
static void warn(struct kd_shell *sh, bool *warned)
{
	if (*warned)
		return;
	*warned = true;
	kd_out(sh, "WARNING: Stack unwind information not available. "
		   "Following frames may be wrong.\n");
}

static enum kd_status show_frames(struct kd_shell *sh,
				  const struct backtrace *b)
{
	struct kd_stack_frame frame, before;
	struct kd_walk walk;
	bool warned = false;
	uint64_t n = 0;
	enum kd_status st = kd_walk_begin(&walk, sh, &b->context);

	for (; st == KD_OK && n < b->count; n++) {
		st = kd_walk_next(&walk, &frame);
		if (st != KD_OK)
			break;
		if (frame.is_guess)
			warn(sh, &warned);
		kd_show_frame(sh, &b->columns, n ? &before : NULL, &frame);
		before = frame;
	}
	if (st == KD_E_END && walk.stack.end != KD_STACK_BOTTOM) {
		kd_out(sh, "The stack cannot be followed further: %s.\n",
		       kd_stack_end_text(walk.stack.end));
		kd_record_text(sh, "ends", kd_stack_end_text(walk.stack.end));
	}
	return st == KD_E_END ? KD_OK : st;
}

enum kd_status kd_run_stack(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	struct backtrace b = {
		.count = sh->stacks.depth ? sh->stacks.depth : DEPTH,
	};
	enum kd_status st = parse(sh, args, &b);

	(void)self;
	if (st != KD_OK)
		return st;
	if (b.raw)
		return show_raw(sh, &b);
	if (kd_scope_is_set(sh) && !b.starts)
		kd_out(sh, "  *** Stack trace for last set context - "
			   ".thread/.cxr resets it\n");
	kd_show_frame_header(sh, &b.columns);
	kd_record_open_list(sh, "frames");
	st = show_frames(sh, &b);
	kd_record_close(sh);
	if (st == KD_OK || st == KD_E_CANCELED)
		return st;
	return kd_shell_fail(sh, st, "Cannot walk the stack");
}

enum kd_status kd_run_stack_depth(struct kd_shell *sh,
				  const struct kd_command *self,
				  const char *args)
{
	uint64_t depth = sh->stacks.depth ? sh->stacks.depth : DEPTH;
	enum kd_status st;

	(void)self;
	if (*args) {
		st = kd_shell_evaluate_all(sh, args, &depth);
		if (st != KD_OK)
			return st;
		if (!depth || depth > KD_STACK_FRAMES_MAX) {
			kd_out(sh, "A stack has 1 to 0n%d frames.\n",
			       KD_STACK_FRAMES_MAX);
			return KD_E_ARG;
		}
		sh->stacks.depth = (unsigned)depth;
	}
	kd_out(sh, "Default stack trace depth is 0n%" PRIu64 " frames\n",
	       depth);
	kd_record_number(sh, "frames", depth);
	return KD_OK;
}
