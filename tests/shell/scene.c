#include "scene.h"

#include <string.h>

/* int 3, four loads from the stack, an epilogue, ret */
static const uint8_t code[] = {
	0xcc, 0x48, 0x8b, 0x5c, 0x24, 0x40, 0x48, 0x8b, 0x6c, 0x24,
	0x48, 0x48, 0x8b, 0x74, 0x24, 0x50, 0x48, 0x8b, 0x7c, 0x24,
	0x58, 0x48, 0x83, 0xc4, 0x30, 0x41, 0x5e, 0xc3,
};
static const uint8_t data[] = "\x00\x80\xbc\xff\x18\x00\x00\x00\x00\x00\x00"
			      "\x00\x08\x50\xe0\x51In memory.......12345678";
static const char text[] = "Hello\0A long text that does not fit into the "
			   "forty-eight characters of a row";

static void sink(void *ctx, const char *out, size_t len)
{
	struct scene *s = ctx;

	if (len > sizeof(s->out) - 1 - s->len)
		len = sizeof(s->out) - 1 - s->len;
	memcpy(s->out + s->len, out, len);
	s->len += len;
	s->out[s->len] = '\0';
}

static bool confirm(void *ctx, const char *question)
{
	struct scene *s = ctx;

	(void)question;
	s->asked++;
	return s->agrees;
}

static uint64_t now(struct kd_link *l)
{
	(void)l;
	return 5000000;
}

static const struct kd_link_ops link_ops = { .now = now };

static void set(struct kd_context *c, const char *name, uint64_t value)
{
	const struct kd_register *r = kd_register_find(c->arch, name);

	CHECK_ROW(name, r && kd_register_set(c, r, value));
}

static void init_target(struct kd_session *s)
{
	s->attached = true;
	s->halted = true;
	s->version = (struct kd_version){
		.major = 0x0f,
		.build = 10586,
		.flags = KD_VERSION_MP | KD_VERSION_PTR64,
		.machine = KD_ARCH_X64,
		.kernel_base = 0xfffff80000000000,
		.loaded_module_list = 0xfffff800002a2e60,
	};
	s->stop = (struct kd_stop){
		.new_state = KD_STATE_EXCEPTION,
		.processor_count = 1,
		.pc = SCENE_CODE,
		.exception = { .code = 0x80000003, .first_chance = true },
		.report_valid = true,
		.hard_coded = true,
	};
	s->stop.report.instruction_count = 16;
	memcpy(s->stop.report.instructions, code, 16);
	s->context = (struct kd_context){ .arch = KD_ARCH_X64,
					  .len = KD_CONTEXT_X64_SIZE };
	set(&s->context, "rip", SCENE_CODE);
	set(&s->context, "rsp", SCENE_DATA);
	set(&s->context, "cs", 0x10);
	set(&s->context, "efl", 0x202);
	s->memory[0] = (struct fake_piece){ SCENE_CODE, code, sizeof(code) };
	s->memory[1] = (struct fake_piece){ SCENE_DATA, data, 40 };
	s->memory[2] = (struct fake_piece){ SCENE_TEXT, text, sizeof(text) };
}

void scene_init(struct scene *s)
{
	*s = (struct scene){ .next = KD_SHELL_QUIT };
	init_target(&s->session);
	s->link = (struct kd_link){ .ops = &link_ops,
				    .kind = KD_LINK_DATAGRAM,
				    .name = "UDP port 50000" };
	s->config = (struct kd_shell_config){ .sink = sink,
					      .sink_ctx = s,
					      .link = &s->link,
					      .confirm = confirm,
					      .confirm_ctx = s };
}

void scene_open(struct scene *s)
{
	CHECK_EQ("create",
		 kd_shell_create(NULL, &s->session, &s->config, &s->shell),
		 KD_OK);
}

void scene_close(struct scene *s)
{
	kd_shell_destroy(s->shell);
	s->shell = NULL;
}

void scene_clear(struct scene *s)
{
	s->len = 0;
	s->out[0] = '\0';
}

const char *scene_run(struct scene *s, const char *line, enum kd_status want)
{
	scene_clear(s);
	CHECK_EQ(line, -kd_shell_execute(s->shell, line, &s->next), -want);
	return s->out;
}

const char *scene_show(struct scene *s, const struct kd_event *event)
{
	scene_clear(s);
	kd_shell_show_event(s->shell, event);
	return s->out;
}

void scene_check(struct scene *s, const struct scene_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CHECK_TEXT(rows[i].line,
			   scene_run(s, rows[i].line, rows[i].status),
			   rows[i].want);
}
