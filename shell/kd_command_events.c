#include "kd_commands.h"
#include "kd_names_text.h"

#include <inttypes.h>

/* .lastevent: why the target stands still. */

static void add_exception(struct kd_text *out, const struct kd_exception *e)
{
	kd_text_add(out, "%s - code %08" PRIx32 " (%s)",
		    kd_exception_name(e->code), e->code,
		    e->first_chance ? "first chance" : "!!! second chance !!!");
}

static void add_event(struct kd_text *out, const struct kd_stop *stop)
{
	if (stop->breakpoint_count &&
	    !(stop->breakpoint[0] & KD_BREAKPOINT_INTERNAL))
		kd_text_add(out, "Hit breakpoint %u",
			    (unsigned)stop->breakpoint[0]);
	else if (stop->new_state == KD_STATE_LOAD_SYMBOLS)
		kd_text_add(out, "Module load or unload");
	else if (stop->new_state == KD_STATE_COMMAND_STRING)
		kd_text_add(out, "Debugger command of the target");
	else
		add_exception(out, &stop->exception);
}

enum kd_status kd_run_last_event(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	char buf[160];
	struct kd_text text = kd_text_over(buf, sizeof(buf));

	(void)self;
	(void)args;
	/* it stands still: the row asks for that */
	add_event(&text, kd_session_stop(sh->session));
	kd_out(sh, "Last event: %s\n", buf);
	kd_record_text(sh, "event", buf);
	if (!sh->config.wall_us)
		return KD_OK;
	kd_out(sh, "  debugger time: ");
	text = kd_text_over(buf, sizeof(buf));
	kd_format_time(&text, sh->config.wall_us(sh->config.wall_ctx));
	kd_out(sh, "%s\n", buf);
	return KD_OK;
}
