/* From the first instruction to the idle loop. */
#include "ki.h"

struct _HAL_DISPATCH HalDispatch;

static void load_hal(void)
{
	void (*initialize)(struct _HAL_DISPATCH *) =
		(void (*)(struct _HAL_DISPATCH *))KeLoaderBlock->image[1].entry;

	initialize(&HalDispatch);
}

/* The images that were there before anybody could be told. */
static void enter_loaded_images(void)
{
	for (size_t i = 0; i < LAB_LOADED_MAX; i++) {
		(void)MiEnterImage(&KeLoaderBlock->image[i]);
		DbgLoadImageSymbols(&KeLoaderBlock->image[i], UINT64_MAX);
	}
}

static void start_processors(void)
{
	for (uint32_t i = 1; i < KeNumberProcessors; i++) {
		(void)KiCreateProcessor(i);
		HalDispatch.StartProcessor(i);
	}
}

void KiInitializeProcessor(struct _KPRCB *prcb)
{
	KiLoadProcessor(
		CONTAINING_RECORD(prcb, struct lab_processor_block, Pcr.Prcb));
	KiIdleLoop();
}

/* What the thread that started everything becomes. */
static void MmZeroPageThread(void)
{
	struct _KEVENT never;

	KeInitializeEvent(&never);
	for (;;)
		(void)KeWaitForSingleObject(&never, LabForever);
}

static struct _ERESOURCE IopDriverLoadResource, PsLoadedModuleResource;
static struct _ERESOURCE MmSectionExtendResource;
static struct _OWNER_ENTRY PspModuleReaders[LAB_RESOURCE_OWNERS + 1];

/* Two that are held for good, and one that is not. */
static void hold_resources(void)
{
	ExInitializeResourceLite(&IopDriverLoadResource);
	ExInitializeResourceLite(&MmSectionExtendResource);
	ExInitializeResourceLite(&PsLoadedModuleResource);
	ExAcquireResourceExclusiveLite(&IopDriverLoadResource);
	IopDriverLoadResource.ContentionCount = 6;
	ExAcquireResourceSharedLite(&PsLoadedModuleResource, PspModuleReaders);
	ExAcquireResourceSharedLite(&PsLoadedModuleResource, PspModuleReaders);
}

/* The drivers, in the order of their loading. */
static void Phase1Initialization(void *context)
{
	static const char *const drivers[] = {
		"\\SystemRoot\\System32\\drivers\\labdisk.sys",
		"\\SystemRoot\\System32\\drivers\\labnet.sys",
		"\\SystemRoot\\System32\\drivers\\labport.sys",
		"\\SystemRoot\\System32\\drivers\\myfault.sys",
	};

	(void)context;
	hold_resources();
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (!IopLoadDriver(drivers[i]))
			DbgPrint("%s: not loaded\n", drivers[i]);
	LabInitialize();
	DbgPrint("The lab kernel is up\n");
	MmZeroPageThread();
}

void KiInitializeKernel(struct lab_loader *loader)
{
	KeLoaderBlock = loader;
	KeNumberProcessors = (uint32_t)loader->processors;
	MiInitialize();
	PsInitializeProcesses();
	KiLoadProcessor(KiCreateProcessor(0));
	KdInitSystem();
	load_hal();
	ExInitializePool();
	ObInitSystem();
	KiInitializeSharedData();
	DbgPrint("Lab kernel, build %u for x64, layout %u, %u processor%s\n",
		 LAB_BUILD, LAB_LAYOUT, KeNumberProcessors,
		 KeNumberProcessors == 1 ? "" : "s");
	enter_loaded_images();
	start_processors();
	PsCreateProcesses();
	(void)PsCreateSystemThread(Phase1Initialization, NULL);
	KiIdleLoop();
}
