/* Faults: the debugger is asked, a KeTryCall is ended, or all is. */
#include "ki.h"

enum {
	STOP_ON_EXCEPTION = 1, /* of NtGlobalFlag */
	VECTOR_PAGE_FAULT = 14,
	VECTOR_ASSERTION = 0x2c,
	ASSERTION_SIZE = 2,
	PAGE_FAULT_WRITE = 2,
	PAGE_FAULT_FETCH = 0x10,
	SYSTEM_THREAD_EXCEPTION_NOT_HANDLED = 0x7e,
};

extern const uint8_t KiTryFailed[];
void *KiSetExceptionList(void *stack);

void *KiSetExceptionList(void *stack)
{
	struct _KTHREAD *thread = KeGetCurrentPrcb()->CurrentThread;
	void *before = thread->ExceptionList;

	thread->ExceptionList = stack;
	return before;
}

static int32_t code_of(uint64_t vector)
{
	static const struct {
		uint64_t vector;
		int32_t code;
	} codes[] = {
		// clang-format off
		{ 0,    STATUS_INTEGER_DIVIDE_BY_ZERO },
		{ 1,    STATUS_SINGLE_STEP },
		{ 3,    STATUS_BREAKPOINT },
		{ 6,    STATUS_ILLEGAL_INSTRUCTION },
		{ 0x2c, STATUS_ASSERTION_FAILURE },
		{ 0x2d, STATUS_BREAKPOINT },
		// clang-format on
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].vector == vector)
			return codes[i].code;
	return STATUS_ACCESS_VIOLATION;
}

static void build_record(struct _KTRAP_FRAME *frame, uint64_t vector,
			 struct _EXCEPTION_RECORD *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->ExceptionCode = (uint32_t)code_of(vector);
	/* the others stand at the instruction, this one behind it */
	if (vector == VECTOR_ASSERTION)
		frame->Rip -= ASSERTION_SIZE;
	ret->ExceptionAddress = frame->Rip;
	if (ret->ExceptionCode != (uint32_t)STATUS_ACCESS_VIOLATION)
		return;
	ret->NumberParameters = 2;
	ret->ExceptionInformation[1] = UINT64_MAX; /* not known */
	if (vector != VECTOR_PAGE_FAULT)
		return;
	ret->ExceptionInformation[1] = KiReadCr2();
	if (frame->ErrorCode & PAGE_FAULT_FETCH)
		ret->ExceptionInformation[0] = 8;
	else if (frame->ErrorCode & PAGE_FAULT_WRITE)
		ret->ExceptionInformation[0] = 1;
}

static const struct {
	uint16_t context, frame;
} registers[] = {
#define ROW(name)                                                              \
	{                                                                      \
		offsetof(struct _CONTEXT, name),                               \
			offsetof(struct _KTRAP_FRAME, name)                    \
	}
	ROW(Rax), ROW(Rcx), ROW(Rdx), ROW(Rbx), ROW(Rsp), ROW(Rbp),
	ROW(Rsi), ROW(Rdi), ROW(R8),  ROW(R9),	ROW(R10), ROW(R11),
	ROW(R12), ROW(R13), ROW(R14), ROW(R15), ROW(Rip),
#undef ROW
};

enum { REGISTERS = sizeof(registers) / sizeof(registers[0]) };

static void to_context(const struct _KTRAP_FRAME *frame, struct _CONTEXT *ret)
{
	enum { CONTEXT_ALL = 0x10001f, USER_DATA = 0x2b, TEB = 0x53 };

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < REGISTERS; i++)
		memcpy((uint8_t *)ret + registers[i].context,
		       (const uint8_t *)frame + registers[i].frame, 8);
	ret->ContextFlags = CONTEXT_ALL;
	ret->MxCsr = 0x1f80;
	ret->EFlags = (uint32_t)frame->EFlags;
	ret->SegCs = (uint16_t)frame->SegCs;
	ret->SegSs = (uint16_t)frame->SegSs;
	ret->SegDs = ret->SegEs = ret->SegGs = USER_DATA;
	ret->SegFs = TEB;
}

static void to_frame(const struct _CONTEXT *context, struct _KTRAP_FRAME *ret)
{
	for (size_t i = 0; i < REGISTERS; i++)
		memcpy((uint8_t *)ret + registers[i].frame,
		       (const uint8_t *)context + registers[i].context, 8);
	ret->EFlags = context->EFlags;
}

/* True: the debugger did something about it. */
static bool ask_debugger(const struct _EXCEPTION_RECORD *record,
			 struct _CONTEXT *context, struct _KTRAP_FRAME *frame,
			 bool first_chance)
{
	if (!KdReportException(record, context, first_chance))
		return false;
	to_frame(context, frame);
	return true;
}

void KiDispatchFault(struct _KTRAP_FRAME *frame, uint64_t vector)
{
	struct _KTHREAD *thread = KeGetCurrentPrcb()->CurrentThread;
	struct _EXCEPTION_RECORD record;
	struct _CONTEXT context;

	build_record(frame, vector, &record);
	to_context(frame, &context);
	if ((NtGlobalFlag & STOP_ON_EXCEPTION || vector == VECTOR_ASSERTION) &&
	    ask_debugger(&record, &context, frame, true))
		return;
	if (thread->ExceptionList) {
		frame->Rip = (uint64_t)KiTryFailed;
		frame->Rsp = (uint64_t)thread->ExceptionList;
		return;
	}
	if (ask_debugger(&record, &context, frame, false))
		return;
	KeBugCheckEx(SYSTEM_THREAD_EXCEPTION_NOT_HANDLED, record.ExceptionCode,
		     record.ExceptionAddress, (uint64_t)&record,
		     (uint64_t)&context);
}
