#include "kd_serial_latency.h"
#include "kd_stream.h"
#include "kd_transport.h"
#include "kd_tty.h"

#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	DEVICE_LEN = 256,
	BAUD_TOLERANCE_PERCENT = 3, /* more than that, and bytes go wrong */
};

/*
 * libserialport finds and sets up the device, any rate included; the bytes go
 * through its descriptor like those of every other stream. (Its own waiting
 * takes a timeout of 0 for "for ever", and knows no other descriptors.)
 */
struct serial {
	struct kd_stream stream;
	char device[DEVICE_LEN];
	unsigned baud;
	struct sp_port *port; /* while open */
};

static struct serial *of(struct kd_stream *s)
{
	return (struct serial *)s;
}

/* errno of what libserialport just refused */
static int last_error(enum sp_return failure)
{
	int os_error;

	switch (failure) {
	case SP_ERR_MEM:
		return ENOMEM;
	case SP_ERR_SUPP:
		return ENOTSUP;
	case SP_ERR_ARG:
		return EINVAL;
	case SP_ERR_FAIL:
		break;
	default:
		return EIO;
	}
	os_error = sp_last_error_code();
	return os_error ? os_error : EIO;
}

/*
 * It knows devices by the system's own names only; those below
 * /dev/serial/by-id and the like are links to them.
 */
static enum sp_return find_port(const char *device, struct sp_port **ret)
{
	enum sp_return result = sp_get_port_by_name(device, ret);
	char *real;

	if (result == SP_OK)
		return result;
	real = realpath(device, NULL);
	if (!real)
		return result;
	result = sp_get_port_by_name(real, ret);
	free(real);
	return result;
}

static bool set_up_line(struct sp_port *port, int *ret_os_error)
{
	enum sp_return result = sp_set_bits(port, 8);

	if (result == SP_OK)
		result = sp_set_parity(port, SP_PARITY_NONE);
	if (result == SP_OK)
		result = sp_set_stopbits(port, 1);
	if (result == SP_OK)
		result = sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE);
	if (result == SP_OK)
		return true;
	*ret_os_error = last_error(result);
	return false;
}

/* The rate that the device has; 0 if it does not say. */
static unsigned actual_baud(struct sp_port *port)
{
	struct sp_port_config *config;
	int baud = 0;

	if (sp_new_config(&config) != SP_OK)
		return 0;
	if (sp_get_config(port, config) != SP_OK ||
	    sp_get_config_baudrate(config, &baud) != SP_OK || baud < 0)
		baud = 0;
	sp_free_config(config);
	return (unsigned)baud;
}

/* Drivers may refuse a rate, or take the nearest one without a word. */
static bool set_baud(struct serial *s)
{
	struct kd_detail *d = &s->stream.link.detail;
	enum sp_return result = sp_set_baudrate(s->port, (int)s->baud);
	uint64_t actual, off;

	if (result != SP_OK) {
		int os_error = last_error(result);

		kd_detail_set(d, "%.150s cannot do %u baud", s->device,
			      s->baud);
		d->os_error = os_error;
		return false;
	}
	actual = actual_baud(s->port);
	off = actual > s->baud ? actual - s->baud : s->baud - actual;
	if (actual && off * 100 > (uint64_t)s->baud * BAUD_TOLERANCE_PERCENT) {
		kd_detail_set(d,
			      "%.150s cannot do %u baud; the nearest that it "
			      "has is %u",
			      s->device, s->baud, (unsigned)actual);
		d->os_error = EINVAL;
		return false;
	}
	return true;
}

static enum kd_status set_up(struct serial *s, int fd)
{
	struct kd_detail *d = &s->stream.link.detail;
	int os_error = 0;

	if (!kd_stream_prepare(fd) || !set_up_line(s->port, &os_error)) {
		kd_tty_explain(s->device, os_error ? os_error : errno, d);
		return kd_tty_status(d->os_error);
	}
	if (!set_baud(s))
		return KD_E_OS;
	kd_serial_ask_low_latency(fd, sp_get_port_name(s->port));
	/* what came before we listened is of no use */
	(void)sp_flush(s->port, SP_BUF_INPUT);
	return KD_OK;
}

static void let_go(struct serial *s)
{
	/* it says no if it was never open, and that is all right */
	(void)sp_close(s->port);
	sp_free_port(s->port);
	s->port = NULL;
}

static enum kd_status not_found(struct serial *s, enum sp_return result)
{
	struct kd_detail *d = &s->stream.link.detail;
	struct stat st;

	if (result == SP_ERR_MEM || stat(s->device, &st)) {
		kd_tty_explain(s->device, result == SP_ERR_MEM ? ENOMEM : errno,
			       d);
		return kd_tty_status(d->os_error);
	}
	kd_detail_set(d,
		      "%.100s is no serial port; com:pipe,port=PATH opens "
		      "sockets and other terminals",
		      s->device);
	d->os_error = ENOTTY;
	return KD_E_OS;
}

static enum kd_status serial_start(struct kd_stream *stream, int *ret_fd)
{
	struct serial *s = of(stream);
	struct kd_detail *d = &stream->link.detail;
	enum sp_return result = find_port(s->device, &s->port);
	enum kd_status status;
	int fd = -1;

	if (result != SP_OK)
		return not_found(s, result);
	result = sp_open(s->port, SP_MODE_READ_WRITE);
	if (result == SP_OK)
		result = sp_get_port_handle(s->port, &fd);
	if (result != SP_OK) {
		kd_tty_explain(s->device, last_error(result), d);
		let_go(s);
		return kd_tty_status(d->os_error);
	}
	status = kd_tty_claim(fd, s->device, d);
	if (status == KD_OK) {
		status = set_up(s, fd);
		if (status == KD_OK)
			*ret_fd = fd;
		else
			kd_tty_release(fd);
	}
	if (status != KD_OK)
		let_go(s);
	return status;
}

static void serial_close(struct kd_stream *stream, int fd)
{
	kd_tty_release(fd);
	let_go(of(stream));
}

enum kd_status kd_serial_open(const char *device, unsigned baud, bool reconnect,
			      struct kd_detail *detail, struct kd_link **ret)
{
	static const struct kd_stream_ops ops = {
		.start = serial_start,
		.close = serial_close,
		.gone = "the device is gone; was it unplugged?",
	};
	struct serial *s;

	if (strlen(device) >= DEVICE_LEN) {
		kd_detail_set_os(detail, ENAMETOOLONG, "%.100s...", device);
		return KD_E_OS;
	}
	if (!baud || baud > INT_MAX) {
		kd_detail_set_os(detail, EINVAL, "%u baud", baud);
		return KD_E_OS;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return KD_E_NOMEM;
	snprintf(s->device, sizeof(s->device), "%s", device);
	snprintf(s->stream.link.name, sizeof(s->stream.link.name), "%.127s",
		 device);
	s->baud = baud;
	s->stream.link.baud = baud;
	s->stream.ops = &ops;
	s->stream.reconnect = reconnect;
	s->stream.tries = 1;
	return kd_stream_open(&s->stream, detail, ret);
}
