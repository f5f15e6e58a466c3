#include "check.h"
#include "lab_bytes.h"
#include "lab_host.h"

#include <string.h>

static const struct {
	const char *name;
	struct lab_stub_config config;
	uint32_t first_id;
} dialects[] = {
	{ "serial", { .dialect = LAB_SERIAL }, 0x80800800 },
	{ "kdnet", { .dialect = LAB_KDNET }, 0 },
};

enum { DIALECTS = sizeof(dialects) / sizeof(dialects[0]) };

static void test_boot_and_break_in(void)
{
	for (size_t i = 0; i < DIALECTS; i++) {
		const char *name = dialects[i].name;
		struct lab_host h;
		struct lab_heard said;

		lab_host_start(&h, dialects[i].config,
			       lab_machine_static_create());
		CHECK_ROW(name, lab_host_hear(&h, 0, &said));
		CHECK_EQ(name, said.type, LAB_PACKET_DEBUG_IO);
		CHECK_EQ(name, said.id, dialects[i].first_id);
		CHECK_ROW(name, lab_host_stop(&h, &said));
		CHECK_EQ(name, lab_get32(said.payload), LAB_STATE_EXCEPTION);
		CHECK_EQ(name, lab_get32(said.payload + LAB_STATE_EXC_CODE),
			 LAB_STATUS_BREAKPOINT);
		CHECK_ROW(name, lab_host_ask(&h, LAB_API_GET_VERSION, NULL,
					     NULL, 0, &said));
		CHECK_EQ(name, lab_get16(said.payload + 18), 22621);
		lab_host_end(&h);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "boot and break-in", test_boot_and_break_in },
	};

	return check_run("lab link", tests, sizeof(tests) / sizeof(tests[0]));
}
