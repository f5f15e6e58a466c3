#ifndef KD_MANIPULATE_H
#define KD_MANIPULATE_H

/**
 * @file
 * Requests and their answers: DBGKD_MANIPULATE_STATE64 (KD-WIRE 4). The same
 * struct serves both directions, as on the wire.
 */

#include "kd_arch.h"
#include "kd_cursor.h"

enum {
	KD_MANIPULATE_SIZE = 56,
	/** Data bytes of one memory transfer. */
	KD_READ_MAX_STREAM = 3944, /* KD_PAYLOAD_MAX - 56 */
	KD_READ_MAX_NET = 1096,	   /* KD_NET_PAYLOAD_MAX - 56 */
};

/** ApiNumber; the comment holds the name in DbgKd…Api. */
enum kd_api {
	KD_API_READ_VIRTUAL = 0x3130,	    /* ReadVirtualMemory */
	KD_API_WRITE_VIRTUAL = 0x3131,	    /* WriteVirtualMemory */
	KD_API_GET_CONTEXT = 0x3132,	    /* GetContext */
	KD_API_SET_CONTEXT = 0x3133,	    /* SetContext */
	KD_API_WRITE_BREAKPOINT = 0x3134,   /* WriteBreakPoint */
	KD_API_RESTORE_BREAKPOINT = 0x3135, /* RestoreBreakPoint */
	KD_API_CONTINUE = 0x3136,	    /* Continue */
	KD_API_READ_CONTROL = 0x3137,	    /* ReadControlSpace */
	KD_API_WRITE_CONTROL = 0x3138,	    /* WriteControlSpace */
	KD_API_READ_IO = 0x3139,	    /* ReadIoSpace */
	KD_API_WRITE_IO = 0x313a,	    /* WriteIoSpace */
	KD_API_REBOOT = 0x313b,		    /* Reboot */
	KD_API_CONTINUE2 = 0x313c,	    /* Continue2 */
	KD_API_READ_PHYSICAL = 0x313d,	    /* ReadPhysicalMemory */
	KD_API_WRITE_PHYSICAL = 0x313e,	    /* WritePhysicalMemory */
	KD_API_QUERY_SPECIAL_CALLS = 0x313f,
	KD_API_SET_SPECIAL_CALL = 0x3140,
	KD_API_CLEAR_SPECIAL_CALLS = 0x3141,
	KD_API_SET_INTERNAL_BREAKPOINT = 0x3142,
	KD_API_GET_INTERNAL_BREAKPOINT = 0x3143,
	KD_API_READ_IO_EXTENDED = 0x3144,
	KD_API_WRITE_IO_EXTENDED = 0x3145,
	KD_API_GET_VERSION = 0x3146,
	KD_API_WRITE_BREAKPOINT_EX = 0x3147,
	KD_API_RESTORE_BREAKPOINT_EX = 0x3148,
	KD_API_CAUSE_BUGCHECK = 0x3149,
	KD_API_SWITCH_PROCESSOR = 0x3150,
	KD_API_PAGE_IN = 0x3151,
	KD_API_READ_MSR = 0x3152,  /* ReadMachineSpecificRegister */
	KD_API_WRITE_MSR = 0x3153, /* WriteMachineSpecificRegister */
	KD_API_OLD_VLM1 = 0x3154,
	KD_API_OLD_VLM2 = 0x3155,
	KD_API_SEARCH = 0x3156, /* SearchMemory */
	KD_API_GET_BUS_DATA = 0x3157,
	KD_API_SET_BUS_DATA = 0x3158,
	KD_API_CHECK_LOW_MEMORY = 0x3159,
	KD_API_CLEAR_INTERNAL_BREAKPOINTS = 0x315a,
	KD_API_FILL = 0x315b,  /* FillMemory */
	KD_API_QUERY = 0x315c, /* QueryMemory */
	KD_API_SWITCH_PARTITION = 0x315d,
	KD_API_WRITE_CUSTOM_BREAKPOINT = 0x315e,
	KD_API_GET_CONTEXT_EX = 0x315f,
	KD_API_SET_CONTEXT_EX = 0x3160,
};

enum kd_continue_status {
	KD_CONTINUE_HANDLED = 0x00010001, /* DBG_EXCEPTION_HANDLED */
	KD_CONTINUE = 0x00010002,	  /* DBG_CONTINUE */
};
#define KD_CONTINUE_NOT_HANDLED 0x80010001u /* DBG_EXCEPTION_NOT_HANDLED */

/** NTSTATUS values that this protocol uses. */
#define KD_NT_SUCCESS	      0u
#define KD_NT_PENDING	      0x103u
#define KD_NT_UNSUCCESSFUL    0xc0000001u
#define KD_NT_NOT_IMPLEMENTED 0xc0000002u
#define KD_NT_INVALID_HANDLE  0xc0000008u
#define KD_NT_NO_SUCH_FILE    0xc000000fu
#define KD_NT_END_OF_FILE     0xc0000011u
#define KD_NT_ACCESS_DENIED   0xc0000022u

/** DBGKD_GET_VERSION64. */
struct kd_version {
	uint16_t major; /**< high byte: debuggee kind, low byte: 0f free */
	uint16_t build; /**< MinorVersion */
	uint8_t protocol, secondary;
	uint16_t flags;
	uint16_t machine; /**< enum kd_arch's numbers */
	uint8_t max_packet_type, max_state_change, max_manipulate, simulation;
	uint64_t kernel_base, loaded_module_list, debugger_data_list;
};

enum kd_version_flags {
	KD_VERSION_MP = 1,
	KD_VERSION_DATA = 2,
	KD_VERSION_PTR64 = 4, /* boot debuggers leave it out: see machine */
};

/** What Continue2 carries beside the status; fields not used are ignored. */
struct kd_control_set {
	bool trace;
	uint64_t dr7;
	uint64_t symbol_start, symbol_end; /**< 1 and 0: leave unchanged */
};

/**
 * One manipulate packet. Which members of the union count depends on the api
 * (KD-WIRE 4.2 names them).
 */
struct kd_manipulate {
	uint32_t api;
	uint16_t processor_level;
	uint16_t processor;
	uint32_t status; /**< NTSTATUS; KD_NT_PENDING in requests */
	union {
		/** Virtual, physical, control space. */
		struct {
			uint64_t address;
			uint32_t count;	 /**< TransferCount */
			uint32_t actual; /**< or cache flags, physical */
		} memory;
		struct {
			uint32_t flags;
		} context; /**< Get/SetContext */
		struct {
			uint32_t offset, count, copied;
		} context_ex; /**< Get/SetContextEx */
		struct {
			uint64_t address;
			uint32_t handle;
		} breakpoint; /**< Write; Restore uses handle alone */
		struct {
			uint32_t status;
			struct kd_control_set set; /**< Continue2 only */
		} resume;
		struct {
			uint64_t address;
			uint32_t size; /**< 1, 2 or 4 */
			uint32_t value;
			uint32_t interface_type, bus, space; /**< extended */
		} io;
		struct {
			uint32_t msr;
			uint64_t value;
		} msr;
		struct {
			uint64_t address; /**< in: start, out: found at */
			uint64_t length;
			uint32_t pattern_len;
		} search;
		struct {
			uint64_t address;
			uint32_t length;
			uint16_t flags; /**< 1 virtual, 2 physical */
			uint16_t pattern_len;
		} fill;
		struct {
			uint64_t address;
			uint32_t space, flags;
		} query;
		struct {
			uint32_t type, bus, slot, offset, length;
		} bus;
		struct {
			uint32_t count;
			uint32_t status;
		} breakpoint_ex;
		struct kd_version version;
		uint8_t raw[40]; /**< of any other api */
	} u;
	const uint8_t *data; /**< what follows the 56 bytes, or NULL */
	size_t data_len;
};

/**
 * Decode a payload of packet type 2.
 *
 * An answer may be as short as 16 bytes (KD-WIRE 4.3); what is missing is 0.
 *
 * @param arch  for Continue2, whose layout differs; others ignore it. An
 *              unknown one is taken for x64
 * @return false if it is shorter than 16 bytes
 */
KD_API bool kd_manipulate_decode(enum kd_arch arch, struct kd_manipulate *m,
				 struct kd_reader *in);

/** Encode header and data. A bad writer says that it did not fit. */
KD_API void kd_manipulate_encode(enum kd_arch arch,
				 const struct kd_manipulate *m,
				 struct kd_writer *out);

/**
 * How many bytes of an answer's data count: those that are there, but no
 * more than the answer claims. The status does not matter: a failed read may
 * still carry what it got before it failed (KD-WIRE 4.3). 0 for an api whose
 * answers carry none.
 */
KD_API size_t kd_manipulate_answer_len(const struct kd_manipulate *m);

/** "ReadVirtualMemory", "Continue2", …; "Unknown". */
KD_API const char *kd_api_name(uint32_t api);

/** Does the target answer it with a manipulate packet? */
KD_API bool kd_api_has_answer(uint32_t api);

#endif
