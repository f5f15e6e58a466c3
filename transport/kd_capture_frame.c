#include "kd_capture_frame.h"

#include "kd_cursor.h"

#include <pcap/dlt.h>

/* EtherType, as Ethernet and Linux's cooked captures carry it */
enum {
	ETHER_IPV4 = 0x0800,
	ETHER_IPV6 = 0x86dd,
	ETHER_VLAN = 0x8100,
	ETHER_VLAN_PROVIDER = 0x88a8,
	ETHER_VLAN_OLD = 0x9100,
};

/* protocol numbers of IPv4, next-header numbers of IPv6 */
enum {
	IP_HOP_BY_HOP = 0,
	IP_UDP = 17,
	IP_ROUTING = 43,
	IP_FRAGMENT = 44,
	IP_AUTHENTICATION = 51,
	IP_DESTINATION = 60,
};

enum { UDP_HEADER_SIZE = 8, IPV4_MORE = 0x2000, IPV4_OFFSET = 0x1fff };

/* One frame while it is taken apart. */
struct frame {
	struct kd_reader in;
	bool cut; /* the capture did not keep all of it */
	struct kd_capture_record *out;
};

/* What it means that the bytes ended too early. */
static enum kd_capture_verdict ran_out(const struct frame *f)
{
	return f->cut ? KD_VERDICT_CUT : KD_VERDICT_MALFORMED;
}

/*
 * The length that a header claims for what follows it. Less is there: cut by
 * the capture, or a lie (false). More is there: padding, which goes.
 */
static bool limit(struct frame *f, size_t claimed)
{
	if (claimed > kd_reader_left(&f->in))
		return f->cut;
	f->in.len = f->in.pos + claimed;
	f->cut = false;
	return true;
}

static enum kd_capture_verdict parse_udp(struct frame *f)
{
	uint16_t claimed;

	f->out->from.port = kd_read_be16(&f->in);
	f->out->to.port = kd_read_be16(&f->in);
	claimed = kd_read_be16(&f->in);
	kd_read_be16(&f->in); /* 0 and unfinished ones are normal: not judged */
	if (f->in.bad)
		return ran_out(f);
	/* 0: all the rest, of a jumbogram */
	if (claimed && (claimed < UDP_HEADER_SIZE ||
			!limit(f, (size_t)claimed - UDP_HEADER_SIZE)))
		return KD_VERDICT_MALFORMED;
	f->out->kind = KD_LINK_DATAGRAM;
	f->out->cut = f->cut;
	f->out->len = kd_reader_left(&f->in);
	f->out->bytes = kd_read_bytes(&f->in, f->out->len);
	return KD_VERDICT_GIVEN;
}

static void map_ipv4(const uint8_t ip[4], struct kd_endpoint *e)
{
	*e = (struct kd_endpoint){ .address = { [10] = 0xff, [11] = 0xff } };
	memcpy(e->address + 12, ip, 4);
}

static enum kd_capture_verdict parse_ipv4(struct frame *f)
{
	size_t header_len = (size_t)(kd_read_u8(&f->in) & 0x0f) * 4;
	uint16_t total, fragment;
	uint8_t protocol;
	const uint8_t *addresses;

	kd_read_u8(&f->in);
	total = kd_read_be16(&f->in);
	kd_read_be16(&f->in);
	fragment = kd_read_be16(&f->in);
	kd_read_u8(&f->in);
	protocol = kd_read_u8(&f->in);
	kd_read_be16(&f->in);
	addresses = kd_read_bytes(&f->in, 8);
	if (!addresses)
		return ran_out(f);
	/* total 0: all the rest, cut up later by the sender's network card */
	if (header_len < 20 || (total && total < header_len) ||
	    (total && !limit(f, (size_t)total - 20)))
		return KD_VERDICT_MALFORMED;
	if (protocol != IP_UDP)
		return KD_VERDICT_NOT_UDP;
	if (fragment & (IPV4_MORE | IPV4_OFFSET))
		return KD_VERDICT_FRAGMENT;
	map_ipv4(addresses, &f->out->from);
	map_ipv4(addresses + 4, &f->out->to);
	kd_read_bytes(&f->in, header_len - 20);
	return parse_udp(f);
}

static enum kd_capture_verdict parse_ipv6_extension(struct frame *f,
						    uint8_t *next)
{
	uint8_t kind = *next;
	size_t units;

	*next = kd_read_u8(&f->in);
	units = kd_read_u8(&f->in);
	switch (kind) {
	case IP_HOP_BY_HOP:
	case IP_ROUTING:
	case IP_DESTINATION:
		kd_read_bytes(&f->in, units * 8 + 6);
		break;
	case IP_AUTHENTICATION:
		kd_read_bytes(&f->in, units * 4 + 6);
		break;
	case IP_FRAGMENT:
		/* offset and "more" both 0: a whole datagram all the same */
		if (kd_read_be16(&f->in) & 0xfff9)
			return *next == IP_UDP ? KD_VERDICT_FRAGMENT
					       : KD_VERDICT_NOT_UDP;
		kd_read_bytes(&f->in, 4);
		break;
	default:
		return KD_VERDICT_NOT_UDP;
	}
	return f->in.bad ? ran_out(f) : KD_VERDICT_GIVEN;
}

static enum kd_capture_verdict parse_ipv6(struct frame *f)
{
	enum kd_capture_verdict verdict = KD_VERDICT_GIVEN;
	const uint8_t *addresses;
	uint16_t payload_len;
	uint8_t next;

	kd_read_bytes(&f->in, 4);
	payload_len = kd_read_be16(&f->in);
	next = kd_read_u8(&f->in);
	kd_read_u8(&f->in);
	addresses = kd_read_bytes(&f->in, 32);
	if (!addresses)
		return ran_out(f);
	f->out->from = (struct kd_endpoint){ 0 };
	f->out->to = (struct kd_endpoint){ 0 };
	memcpy(f->out->from.address, addresses, 16);
	memcpy(f->out->to.address, addresses + 16, 16);
	if (payload_len && !limit(f, payload_len))
		return KD_VERDICT_MALFORMED;
	while (verdict == KD_VERDICT_GIVEN && next != IP_UDP)
		verdict = parse_ipv6_extension(f, &next);
	return verdict == KD_VERDICT_GIVEN ? parse_udp(f) : verdict;
}

/* By the version in the packet: address families differ between systems. */
static enum kd_capture_verdict parse_ip(struct frame *f)
{
	if (!kd_reader_left(&f->in))
		return ran_out(f);
	switch (f->in.base[f->in.pos] >> 4) {
	case 4:
		return parse_ipv4(f);
	case 6:
		return parse_ipv6(f);
	default:
		return KD_VERDICT_NOT_UDP;
	}
}

static enum kd_capture_verdict parse_ether_type(struct frame *f, uint16_t type)
{
	while (type == ETHER_VLAN || type == ETHER_VLAN_PROVIDER ||
	       type == ETHER_VLAN_OLD) {
		kd_read_be16(&f->in);
		type = kd_read_be16(&f->in);
	}
	if (f->in.bad)
		return ran_out(f);
	if (type != ETHER_IPV4 && type != ETHER_IPV6)
		return KD_VERDICT_NOT_UDP;
	return parse_ip(f);
}

static enum kd_capture_verdict parse_rtac(struct frame *f)
{
	uint8_t event;

	kd_read_bytes(&f->in, 8);
	event = kd_read_u8(&f->in);
	kd_read_bytes(&f->in, 3);
	if (f->in.bad)
		return ran_out(f);
	switch (event) {
	case KD_RTAC_TX_START:
	case KD_RTAC_TX_END:
		f->out->from_host = true;
		break;
	case KD_RTAC_RX_START:
	case KD_RTAC_RX_END:
		f->out->from_host = false;
		break;
	default:
		return KD_VERDICT_NOT_UDP;
	}
	f->out->kind = KD_LINK_STREAM;
	f->out->cut = f->cut;
	f->out->len = kd_reader_left(&f->in);
	f->out->bytes = kd_read_bytes(&f->in, f->out->len);
	return f->out->len ? KD_VERDICT_GIVEN : KD_VERDICT_NOT_UDP;
}

bool kd_capture_frame_is_known(int dlt)
{
	switch (dlt) {
	case DLT_EN10MB:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
	case DLT_RTAC_SERIAL:
		return true;
	default:
		return false;
	}
}

enum kd_capture_verdict kd_capture_frame_parse(int dlt, const uint8_t *bytes,
					       size_t len, size_t was_len,
					       struct kd_capture_record *ret)
{
	struct frame f = { .in = kd_reader_over(bytes, len),
			   .cut = len < was_len,
			   .out = ret };
	uint16_t type;

	switch (dlt) {
	case DLT_EN10MB:
		kd_read_bytes(&f.in, 12);
		return parse_ether_type(&f, kd_read_be16(&f.in));
	case DLT_LINUX_SLL:
		kd_read_bytes(&f.in, 14);
		return parse_ether_type(&f, kd_read_be16(&f.in));
	case DLT_LINUX_SLL2:
		type = kd_read_be16(&f.in);
		kd_read_bytes(&f.in, 18);
		return parse_ether_type(&f, type);
	case DLT_NULL:
	case DLT_LOOP:
		kd_read_bytes(&f.in, 4);
		return parse_ip(&f);
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return parse_ip(&f);
	case DLT_RTAC_SERIAL:
		return parse_rtac(&f);
	default:
		return KD_VERDICT_UNKNOWN_LINK;
	}
}
