#include "kd_dialect.h"

static uint32_t serial_after(uint32_t id)
{
	return id ^ 1;
}

/* With one bit to count with, whatever is not expected was here before. */
static enum kd_id_order serial_order(uint32_t id, uint32_t expected)
{
	return id == expected ? KD_ID_EXPECTED : KD_ID_BEHIND;
}

static uint32_t kdnet_after(uint32_t id)
{
	return id + 2;
}

static enum kd_id_order kdnet_order(uint32_t id, uint32_t expected)
{
	if (id == expected)
		return KD_ID_EXPECTED;
	return expected - id < UINT32_C(0x80000000) ? KD_ID_BEHIND
						    : KD_ID_AHEAD;
}

const struct kd_dialect *kd_dialect_of(enum kd_link_kind kind)
{
	static const struct kd_dialect serial = {
		.name = "serial",
		.first_id = 0x80800000, /* INITIAL_PACKET_ID */
		.sync = 0x800,		/* SYNC_PACKET_ID */
		.reset_restarts = true,
		.try_us = 1500000,
		.after = serial_after,
		.order = serial_order,
	};
	static const struct kd_dialect kdnet = {
		.name = "KDNET",
		.first_id = 0x80000000,
		.sync = 0,
		.reset_restarts = false,
		.try_us = 500000,
		.after = kdnet_after,
		.order = kdnet_order,
	};

	switch (kind) {
	case KD_LINK_STREAM:
		return &serial;
	case KD_LINK_DATAGRAM:
		return &kdnet;
	}
	return &serial;
}
