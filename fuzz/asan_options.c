/* What AddressSanitizer is told by a harness of a stack, before ASAN_OPTIONS: the stack lives in one arena, so that what was freed need not be kept for long, nor where it was allocated. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "malloc_context_size=0:quarantine_size_mb=1:detect_leaks=0";
}
