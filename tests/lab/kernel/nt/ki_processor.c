/* What each processor has for itself: _KPCR, descriptor tables, idle thread. */
#include "ki.h"

struct _KPRCB *KiProcessorBlock[64];
uint32_t KeNumberProcessors;

static void set_gate(struct _KIDTENTRY64 *gate, void (*entry)(void))
{
	enum { PRESENT_INTERRUPT_GATE = 0x8e00 };
	uint64_t at = (uint64_t)entry;

	*gate = (struct _KIDTENTRY64){
		.OffsetLow = (uint16_t)at,
		.Selector = KGDT64_R0_CODE,
		.Attributes = PRESENT_INTERRUPT_GATE,
		.OffsetMiddle = (uint16_t)(at >> 16),
		.OffsetHigh = (uint32_t)(at >> 32),
	};
}

static void build_idt(struct _KIDTENTRY64 *idt)
{
	static const struct {
		uint8_t vector;
		void (*entry)(void);
	} gates[] = {
		// clang-format off
		{ 0,                KiDivideErrorFault },
		{ 1,                KiDebugTrapOrFault },
		{ 3,                KiBreakpointTrap },
		{ 6,                KiInvalidOpcodeFault },
		{ 13,               KiGeneralProtectionFault },
		{ 14,               KiPageFault },
		{ 0x2c,             KiRaiseAssertion },
		{ 0x2d,             KiDebugServiceTrap },
		{ LAB_VECTOR_CLOCK, KiInterruptDispatch },
		{ LAB_VECTOR_WAKE,  KiIpiInterrupt },
		// clang-format on
	};

	for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++)
		set_gate(&idt[gates[i].vector], gates[i].entry);
}

static void build_gdt(uint64_t *gdt)
{
	gdt[KGDT64_R0_CODE / 8] = UINT64_C(0x00209b0000000000);
	gdt[KGDT64_R0_DATA / 8] = UINT64_C(0x00cf93000000ffff);
	gdt[0x20 / 8] = UINT64_C(0x00cffb000000ffff); /* 32 bit user code */
	gdt[0x28 / 8] = UINT64_C(0x00cff3000000ffff); /* user data */
	gdt[0x30 / 8] = UINT64_C(0x0020fb0000000000); /* 64 bit user code */
}

/* The machine learns where its registers are wanted. */
static void tell_machine(struct lab_processor_block *b, uint64_t stack)
{
	struct _KPRCB *prcb = &b->Pcr.Prcb;
	struct lab_processor *p = &KeLoaderBlock->processor[prcb->Number];

	p->rip = (uint64_t)KiProcessorStartup;
	p->rsp = stack - 8;
	p->rcx = (uint64_t)prcb;
	p->pcr = (uint64_t)&b->Pcr;
	p->prcb = (uint64_t)prcb;
	p->current_thread = (uint64_t)&prcb->CurrentThread;
	p->context = (uint64_t)&prcb->ProcessorState.ContextFrame;
	p->special = (uint64_t)&prcb->ProcessorState.SpecialRegisters;
}

/* Processor 0 idles where it was started. */
static void *boot_stack(void)
{
	const struct lab_region *r = MiRegion(LAB_REGION_BOOT);

	return (void *)(r->virtual_address + r->size);
}

struct lab_processor_block *KiCreateProcessor(uint32_t number)
{
	struct lab_processor_block *b = MiAllocateSystem(sizeof(*b), PAGE_SIZE);
	struct _KPRCB *prcb = &b->Pcr.Prcb;
	void *stack = number ? MiAllocateStack() : boot_stack();

	build_idt(b->Idt);
	build_gdt(b->Gdt);
	b->Pcr.Self = &b->Pcr;
	b->Pcr.CurrentPrcb = prcb;
	b->Pcr.IdtBase = b->Idt;
	b->Pcr.GdtBase = b->Gdt;
	b->Pcr.MajorVersion = b->Pcr.MinorVersion = 1;
	prcb->Number = number;
	prcb->LegacyNumber = (uint8_t)number;
	prcb->MHz = 3000;
	prcb->MxCsr = 0x1f80;
	prcb->Context = &prcb->ProcessorState.ContextFrame;
	memcpy(prcb->VendorString, "LabProcessor", 13);
	InitializeListHead(&prcb->WaitListHead);
	InitializeListHead(&prcb->DispatcherReadyListHead);
	prcb->CurrentThread = prcb->IdleThread = &b->IdleThread.Tcb;
	KiInitializeThread(&b->IdleThread, PsIdleProcess, number, stack);
	b->IdleThread.Tcb.State = Running;
	tell_machine(b, (uint64_t)stack);
	KiProcessorBlock[number] = prcb;
	return b;
}

void KiLoadProcessor(struct lab_processor_block *b)
{
	struct {
		uint16_t pad[3], limit;
		uint64_t base;
	} table;

	table.limit = sizeof(b->Gdt) - 1;
	table.base = (uint64_t)b->Gdt;
	KiLoadGdt(&table.limit);
	table.limit = sizeof(b->Idt) - 1;
	table.base = (uint64_t)b->Idt;
	KiLoadIdt(&table.limit);
	KiSetPcr(&b->Pcr);
	KiWriteCr3(MmSystemPageDirectory);
}
