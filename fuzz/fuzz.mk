# The harnesses of doc/fuzzing.md, for libFuzzer: included by the Makefile. What is under test is compiled with sanitizers and counters into $(BUILD)/fuzz/obj; what only judges is linked as it is. fuzz/oss-fuzz/build.sh sets all that is set by ?=.
FUZZ_CC ?= clang
FUZZ_LD ?= $(FUZZ_CC)
FUZZ_ENGINE ?= -fsanitize=fuzzer
FUZZ_CFLAGS ?= -O1 -g1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_LDFLAGS ?= $(FUZZ_CFLAGS)
FUZZ_LIB ?= $(BUILD)/libtcpspec.a
FUZZ_LDLIBS ?= -Wl,--as-needed,--gc-sections $(LDLIBS)
FUZZ_WARN ?= $(WARN)
FUZZ_ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. $(FUZZ_WARN) -MMD -MP -DTCPSPEC_VERSION='"$(VERSION)"' -DTCPSPEC_PREFIX='"$(PREFIX)"' $(FUZZ_CFLAGS)

# The same library for what is played in memory, by the harnesses' own compiler: gcc clears and copies structures by instructions that take long to begin. It is compiled so that what reaches a live wire, and nobody calls, is left out with the libraries that it wants.
FUZZ_JUDGE ?= $(BUILD)/fuzz/libjudge.a
FUZZ_JUDGE_CFLAGS ?= -O2 -g1
FUZZ_JUDGE_OBJ := $(patsubst %.c,$(BUILD)/fuzz/judge/%.o,$(filter lib/% suite/%,$(MSAN_SRC)))
$(BUILD)/fuzz/judge/%.o: %.c
	@$(room)
	$(FUZZ_CC) -std=c17 -D_GNU_SOURCE -I. -MMD -MP -DTCPSPEC_VERSION='"$(VERSION)"' -DTCPSPEC_PREFIX='"$(PREFIX)"' -ffunction-sections -fdata-sections $(FUZZ_JUDGE_CFLAGS) -c -o $@ $<
$(BUILD)/fuzz/libjudge.a: $(FUZZ_JUDGE_OBJ) $(BUILD)/fuzz/judge/fuzz/no_wire.o
	rm -f $@ && $(AR) rcs $@ $^
-include $(FUZZ_JUDGE_OBJ:.o=.d) $(wildcard $(BUILD)/fuzz/judge/fuzz/*.d)

# Those that may run at ClusterFuzz, by name, and built with their seeds: nothing that needs a kernel to itself or a library beside it; lwIP where its source is there, for none is fetched.
FUZZ_CLUSTER = $(FUZZ_HARNESSES) $(if $(LWIP_SRC),fuzz_lwip fuzz_differential)
fuzz-list:
	@echo $(FUZZ_CLUSTER)

# Those that make check smokes, and that are handed to ClusterFuzz; those that are built beside them. Of the parsers': the sources, all under test; what they are linked with beside $(FUZZ_LIB).
FUZZ_PARSERS := fuzz_wire fuzz_ladder fuzz_agent fuzz_input
FUZZ_HARNESSES := $(FUZZ_PARSERS) fuzz_reference
FUZZ_BESIDE := fuzz_stack fuzz_linux

fuzz_wire_SRC := fuzz/fuzz_wire.c $(wildcard lib/wire/*.c lib/base/*.c)
fuzz_ladder_SRC := fuzz/fuzz_ladder.c $(wildcard lib/script/*.c lib/base/*.c lib/target/declaration*.c) $(patsubst %,lib/%.c,wire/option_text target/given target/testability_spec run/known run/known_match run/record run/record_read)
fuzz_ladder_LIBS = -Wl,--wrap=memory_file $(FUZZ_JSON)
fuzz_agent_SRC := fuzz/fuzz_agent.c
fuzz_input_SRC := $(patsubst %,fuzz/%.c,fuzz_input input input_script) $(wildcard lib/script/*.c lib/base/*.c) lib/wire/option_text.c

fuzz: fuzz-smoke $(FUZZ_BESIDE:%=$(BUILD)/fuzz/%)

fuzz-smoke: $(FUZZ_HARNESSES:%=$(BUILD)/fuzz/%) fuzz-seeds

fuzz-clusterfuzz: $(FUZZ_CLUSTER:%=$(BUILD)/fuzz/%) fuzz-seeds

$(BUILD)/fuzz/obj/%.o: %.c
	@$(room)
	$(FUZZ_CC) $(FUZZ_ALL_CFLAGS) -c -o $@ $<

# FUZZ_LIBRARY: where the library's objects are. Those of a build with sanitizers alone do for a smoke.
FUZZ_LIBRARY ?= $(BUILD)/fuzz/obj
fuzz_objects = $(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$(filter-out lib/%,$1)) $(patsubst %.c,$(FUZZ_LIBRARY)/%.o,$(filter lib/%,$1))

define fuzz_harness
$(BUILD)/fuzz/$1: $(call fuzz_objects,$($1_SRC)) $(FUZZ_LIB)
	$$(FUZZ_LD) $$(FUZZ_LDFLAGS) -o $$@ $$^ $$($1_LIBS) $$(FUZZ_LDLIBS) $$(FUZZ_ENGINE)
-include $(patsubst %.c,$(BUILD)/fuzz/obj/%.d,$($1_SRC))
endef
$(foreach h,$(FUZZ_PARSERS),$(eval $(call fuzz_harness,$h)))

# The harnesses of stacks. The stack is what is under test; what plays and judges is compiled as it is used, without sanitizers and counters. Comparisons are not traced: the mutator knows what they turn on.
FUZZ_STACK_CFLAGS ?= $(subst fuzzer-no-link,,$(subst -O1,-O2,$(FUZZ_CFLAGS))) -fsanitize-coverage=inline-8bit-counters,pc-table
# Where libFuzzer asks for what fuzz/feedback.c counts, and clears it: an engine that has no such names is linked as it is.
FUZZ_STACK_ENGINE = $(FUZZ_ENGINE) $(patsubst %,-Wl$(COMMA)--wrap=_ZN6fuzzer%Ev,16ExtraCountersEnd 18ClearExtraCounters)
# (The report of a harness is jansson's, linked as an archive: where harnesses run there is no library of it.)
FUZZ_JSON := -l:libjansson.a
FUZZ_CORE := $(patsubst %,$(BUILD)/fuzz/plain/fuzz/%.o,input input_script mutate phrase rules feedback watch guard causes cause_id cause_traits core harness minimise novelty shim_libfuzzer bug asan_options)
$(BUILD)/fuzz/plain/%.o: %.c
	@$(room)
	$(FUZZ_CC) -std=c17 -D_GNU_SOURCE -I. $(FUZZ_WARN) -MMD -MP $(FUZZ_JUDGE_CFLAGS) $(if $(findstring address,$(FUZZ_CFLAGS)),-DFUZZ_ASAN) -c -o $@ $<
	$(OBJCOPY) $(FUZZ_PLAIN_NAMES) $@

# What judges copies and compares octets by functions of its own: AddressSanitizer would look at each of them, for it has libc's names for the whole process.
OBJCOPY ?= objcopy
FUZZ_PLAIN_NAMES := $(foreach f,memcpy memmove memset memcmp bcmp,--redefine-sym $f=plain_$f)
FUZZ_STACK_LIB = $(BUILD)/fuzz/libplain.a
$(BUILD)/fuzz/plain_octets.o: fuzz/plain_octets.c
	@$(room)
	$(FUZZ_CC) -std=c17 $(FUZZ_WARN) $(FUZZ_JUDGE_CFLAGS) -O3 -fno-builtin -c -o $@ $<

FUZZ_LIVE_LIB = $(BUILD)/fuzz/libplain-live.a
$(FUZZ_STACK_LIB): $(FUZZ_JUDGE)
$(FUZZ_LIVE_LIB): $(FUZZ_LIB)
$(FUZZ_STACK_LIB) $(FUZZ_LIVE_LIB): $(BUILD)/fuzz/plain_octets.o
	rm -f $@ && $(OBJCOPY) $(FUZZ_PLAIN_NAMES) $(filter %.a,$^) $@ && $(AR) rs $@ $(BUILD)/fuzz/plain_octets.o

$(BUILD)/fuzz/stack/%.o: %.c
	@$(room)
	$(FUZZ_CC) -std=c17 -D_GNU_SOURCE -I. $(FUZZ_WARN) -MMD -MP -DTCPSPEC_VERSION='"$(VERSION)"' -DTCPSPEC_PREFIX='"$(PREFIX)"' $(FUZZ_STACK_CFLAGS) -c -o $@ $<
-include $(wildcard $(BUILD)/fuzz/plain/fuzz/*.d $(BUILD)/fuzz/stack/targets/*/*.d)

# A declaration as a program carries it.
$(BUILD)/fuzz/%_ini.c: targets/%/target.ini
	@$(room)
	{ echo 'extern const char fuzz_declaration[];'; echo 'const char fuzz_declaration[] ='; sed 's/[\\"]/\\&/g; s/.*/    "&\\n"/' $<; echo '    ;'; } >$@

$(BUILD)/fuzz/%_ini.o: $(BUILD)/fuzz/%_ini.c
	$(FUZZ_CC) -c -o $@ $<

# Its known deviations by cause, in the same way.
$(BUILD)/fuzz/%_causes.c: targets/%/fuzz.tsv
	@$(room)
	{ echo 'extern const char fuzz_causes[];'; echo 'const char fuzz_causes[] ='; sed 's/[\\"]/\\&/g; s/.*/    "&\\n"/' $<; echo '    ;'; } >$@

$(BUILD)/fuzz/%_causes.o: $(BUILD)/fuzz/%_causes.c
	$(FUZZ_CC) -c -o $@ $<

# FUZZ_STACK: where the stack's objects are, as above.
FUZZ_STACK ?= $(BUILD)/fuzz/stack
FUZZ_REFERENCE := $(patsubst %.c,$(FUZZ_STACK)/%.o,$(wildcard targets/reference/*.c))
$(BUILD)/fuzz/fuzz_reference: $(BUILD)/fuzz/plain/fuzz/fuzz_reference.o $(FUZZ_CORE) $(BUILD)/fuzz/reference_ini.o $(FUZZ_REFERENCE) $(FUZZ_STACK_LIB)
	$(FUZZ_LD) $(subst fuzzer-no-link,,$(FUZZ_LDFLAGS)) -o $@ $^ $(FUZZ_JSON) $(FUZZ_LDLIBS) $(FUZZ_STACK_ENGINE)

# What is under test is the kernel: no sanitizer sees into it.
$(BUILD)/fuzz/fuzz_linux: $(patsubst %,$(BUILD)/fuzz/plain/fuzz/%.o,fuzz_linux live kernel) $(FUZZ_CORE) $(BUILD)/fuzz/linux_ini.o $(BUILD)/fuzz/linux_causes.o $(FUZZ_LIVE_LIB)
	$(FUZZ_LD) -o $@ $^ $(FUZZ_JSON) $(FUZZ_LDLIBS) $(FUZZ_STACK_ENGINE)

$(BUILD)/fuzz/fuzz_stack: $(BUILD)/fuzz/plain/fuzz/fuzz_stack.o $(FUZZ_CORE) $(FUZZ_STACK_LIB)
	$(FUZZ_LD) $(subst fuzzer-no-link,,$(FUZZ_LDFLAGS)) -o $@ $^ $(FUZZ_JSON) $(FUZZ_LDLIBS) -ldl $(FUZZ_STACK_ENGINE)

# lwIP of Debian's source package, which is fetched, or of LWIP_SRC=DIR. Its blocks are guarded by their port where AddressSanitizer is on, which only gcc says by itself. It shifts octets of a timestamp into the sign.
FUZZ_LWIP_CFLAGS = $(FUZZ_STACK_CFLAGS) -DTCPSPEC_LWIP_DISORDER=stack_disorder -fno-sanitize=shift-base $(if $(findstring address,$(FUZZ_CFLAGS)),-D__SANITIZE_ADDRESS__)
$(BUILD)/fuzz/lwip/lwip-objects/lwip.o: $(BUILD)/include/tcpspec/stack.h $(wildcard targets/lwip/*.c targets/lwip/*.h targets/lwip/arch/*.h)
	@mkdir -p $(BUILD)/fuzz/lwip/include/tcpspec && cp $< $(BUILD)/fuzz/lwip/include/tcpspec/
	CC='$(FUZZ_CC)' CFLAGS='$(FUZZ_LWIP_CFLAGS)' LWIP_SRC='$(or $(LWIP_SRC),$(wildcard $(BUILD)/lwip-source))' sh targets/lwip/build.sh $(BUILD)/fuzz/lwip

$(BUILD)/fuzz/fuzz_lwip: $(BUILD)/fuzz/plain/fuzz/fuzz_lwip.o $(FUZZ_CORE) $(BUILD)/fuzz/lwip_ini.o $(BUILD)/fuzz/lwip_causes.o $(BUILD)/fuzz/lwip/lwip-objects/lwip.o $(FUZZ_STACK_LIB)
	$(FUZZ_LD) $(subst fuzzer-no-link,,$(FUZZ_LDFLAGS)) -o $@ $^ $(BUILD)/fuzz/lwip/lwip-objects/port.o $(BUILD)/fuzz/lwip/lwip-objects/glue.o $(FUZZ_JSON) $(FUZZ_LDLIBS) $(FUZZ_STACK_ENGINE)

# Both in one program: what each calls tcpspec_stack_operations(), and its declaration, is renamed.
FUZZ_TWO := $(BUILD)/fuzz/two
FUZZ_TWO_REFERENCE := $(FUZZ_STACK)/targets/reference/stack.o
$(FUZZ_TWO)/reference.o: $(FUZZ_TWO_REFERENCE)
	@$(room)
	objcopy --redefine-sym tcpspec_stack_operations=reference_stack_operations $< $@
$(FUZZ_TWO)/lwip.o: $(BUILD)/fuzz/lwip/lwip-objects/lwip.o
	@$(room)
	objcopy --redefine-sym tcpspec_stack_operations=lwip_stack_operations $(<D)/glue.o $@
$(FUZZ_TWO)/%_ini.o: $(BUILD)/fuzz/%_ini.o
	@$(room)
	objcopy --redefine-sym fuzz_declaration=fuzz_$*_declaration $< $@
$(BUILD)/fuzz/fuzz_differential: $(BUILD)/fuzz/plain/fuzz/fuzz_differential.o $(FUZZ_CORE) $(patsubst %,$(FUZZ_TWO)/%.o,reference lwip reference_ini lwip_ini) $(BUILD)/fuzz/lwip_causes.o $(filter-out $(FUZZ_TWO_REFERENCE),$(FUZZ_REFERENCE)) $(BUILD)/fuzz/lwip/lwip-objects/lwip.o $(FUZZ_STACK_LIB)
	$(FUZZ_LD) $(subst fuzzer-no-link,,$(FUZZ_LDFLAGS)) -o $@ $^ $(BUILD)/fuzz/lwip/lwip-objects/port.o $(FUZZ_JSON) $(FUZZ_LDLIBS) $(FUZZ_STACK_ENGINE)

# The mutator for AFL++.
AFL_SRC := fuzz/shim_afl.c fuzz/input.c fuzz/mutate.c fuzz/phrase.c lib/base/rng.c lib/base/error.c
$(BUILD)/fuzz/libtcpspec-afl.so: $(AFL_SRC) fuzz/input.h fuzz/mutate.h fuzz/phrase.h
	@$(room)
	$(CC) -std=c17 -D_GNU_SOURCE -I. $(FUZZ_WARN) -O2 -g1 -fPIC -shared -o $@ $(AFL_SRC) -Wl,-z,defs

fuzz-afl: $(BUILD)/fuzz/libtcpspec-afl.so

fuzz-lwip: $(BUILD)/fuzz/fuzz_lwip $(BUILD)/fuzz/fuzz_differential

fuzz-linux: $(BUILD)/fuzz/fuzz_linux

# fuzz_wire with a mistake in what it tests, to see that it finds one.
$(BUILD)/fuzz/planted/segment.c: lib/wire/segment.c
	@$(room)
	sed 's/word >> 9 & 7/word >> 9 \& 3/' $< >$@

$(BUILD)/fuzz/planted/segment.o: $(BUILD)/fuzz/planted/segment.c
	$(FUZZ_CC) $(FUZZ_ALL_CFLAGS) -c -o $@ $<

$(BUILD)/fuzz/planted/fuzz_wire: $(BUILD)/fuzz/planted/segment.o $(call fuzz_objects,$(filter-out lib/wire/segment.c,$(fuzz_wire_SRC)))
	$(FUZZ_LD) $(FUZZ_LDFLAGS) -o $@ $^ $(FUZZ_ENGINE)

# fuzz_reference over a stack that puts out what is not its own.
$(BUILD)/fuzz/planted/fuzz_careless: $(patsubst %,$(BUILD)/fuzz/plain/%.o,fuzz/fuzz_reference tests/fuzz/careless) $(FUZZ_CORE) $(BUILD)/fuzz/reference_ini.o $(FUZZ_TWO)/reference.o $(filter-out $(FUZZ_TWO_REFERENCE),$(FUZZ_REFERENCE)) $(FUZZ_STACK_LIB)
	@$(room)
	$(FUZZ_LD) $(subst fuzzer-no-link,,$(FUZZ_LDFLAGS)) -o $@ $^ $(FUZZ_JSON) $(FUZZ_LDLIBS) $(FUZZ_STACK_ENGINE)

# Part of make check: harnesses of their own, not optimized, over the library of the build with sanitizers, which has no counters: CHECK_ALL=1 gives it some, as CI has them.
FUZZ_SMOKE = $(BUILD)/smoke/fuzz
# lwIP's harnesses, and that of any library, are smoked where lwIP's source is at hand, which costs what compiling it takes; nowhere else, and none is fetched.
FUZZ_LWIP_HERE = $(abspath $(or $(LWIP_SRC),$(wildcard $(BUILD)/lwip-source)))
FUZZ_SMOKE_BESIDE = $(if $(FUZZ_LWIP_HERE),fuzz_lwip fuzz_differential fuzz_stack)
check-fuzz: $(BUILD)/libtcpspec.a $(BUILD)/libreference.a $(BUILD)/tcpspec $(if $(FUZZ_LWIP_HERE),$(BUILD)/libtcpspec-reference.so) built-san
	+@$(MAKE) --no-print-directory -s BUILD=$(BUILD)/smoke FUZZ_LIB=$(BUILD)/libtcpspec.a FUZZ_JUDGE=$(BUILD)/libtcpspec.a FUZZ_CFLAGS='$(subst -O1,-O0,$(FUZZ_CFLAGS))' $(if $(CHECK_ALL),,FUZZ_LIBRARY=$(BUILD)/san FUZZ_STACK=$(BUILD)/san/pic) FUZZ_SEEDS_STACK=$(BUILD)/libreference.a LWIP_SRC='$(FUZZ_LWIP_HERE)' fuzz-smoke $(FUZZ_SMOKE)/planted/fuzz_wire $(FUZZ_SMOKE)/planted/fuzz_careless $(FUZZ_SMOKE)/fuzz_linux $(FUZZ_SMOKE_BESIDE:%=$(FUZZ_SMOKE)/%)
	FUZZ_WANT='$(FUZZ_HARNESSES) $(FUZZ_SMOKE_BESIDE)' FUZZ=$(FUZZ_SMOKE) TCPSPEC=$(BUILD)/tcpspec prove $(FUZZ_T)

# What the harnesses begin with, from the suite's files and the sources' tables: $(BUILD)/fuzz/seeds/HARNESS/*, $(BUILD)/fuzz/dict/HARNESS.dict.
fuzz-seeds: $(BUILD)/fuzz/make-parser-seeds $(BUILD)/fuzz/make-seeds
	sh fuzz/seeds.sh $(BUILD)/fuzz

# (The stack that they are seeds of is whichever is there.)
FUZZ_SEEDS_STACK ?= $(FUZZ_REFERENCE)
$(BUILD)/fuzz/make-seeds: $(patsubst %,$(BUILD)/fuzz/plain/fuzz/%.o,seeds record input input_script) $(BUILD)/fuzz/reference_ini.o $(FUZZ_SEEDS_STACK) $(FUZZ_STACK_LIB)
	$(FUZZ_LD) $(subst fuzzer-no-link,,$(FUZZ_LDFLAGS)) -o $@ $^ $(FUZZ_JSON) $(FUZZ_LDLIBS)

$(BUILD)/fuzz/make-parser-seeds: $(patsubst %,$(BUILD)/fuzz/judge/%.o,fuzz/parser_seeds lib/run/record lib/wire/pcapng_write) $(FUZZ_LIB)
	$(FUZZ_LD) $(FUZZ_SEEDS_LDFLAGS) -o $@ $^ $(FUZZ_JSON) $(FUZZ_LDLIBS)

.PHONY: fuzz fuzz-smoke fuzz-lwip fuzz-linux fuzz-afl fuzz-list fuzz-clusterfuzz fuzz-seeds check-fuzz

# Planted bugs, and how soon they are found (doc/fuzzing.md): BUGS, TARGETS, SEEDS, SECONDS, WAYS, SPEED, CORE, JOBS, RESUME, CONTROLS, ABLATIONS, ABLATION_SEEDS bound it. Those of lwIP where its harness was built (make fuzz-lwip).
FUZZ_BENCH_ENV = CC='$(CC)' BUILD='$(BUILD)' TCPSPEC='$(BUILD)/tcpspec' MAKE_COMMAND='$(MAKE) BUILD=$(BUILD)' FUZZ_CC='$(FUZZ_CC)' LWIP_SRC='$(LWIP_SRC)' BUGS='$(BUGS)' TARGETS='$(TARGETS)' SEEDS='$(SEEDS)' SECONDS='$(SECONDS)' WAYS='$(WAYS)' SPEED='$(SPEED)' CORE='$(CORE)' RESUME='$(RESUME)' CONTROLS='$(CONTROLS)' JOBS='$(JOBS)' ABLATIONS='$(ABLATIONS)' ABLATION_SEEDS='$(ABLATION_SEEDS)'
fuzz-bench: $(BUILD)/fuzz/fuzz_reference
	@$(FUZZ_BENCH_ENV) perl fuzz/bench.pl

# Each of them by a test that it breaks.
fuzz-bugs: $(BUILD)/tcpspec
	@$(STACK_ENV) LWIP_SRC='$(LWIP_SRC)' BUGS='$(BUGS)' perl fuzz/prove.pl

# For fuzz/bench.pl: how the harness of a stack is made, with IN and OUT in the place of files; of lwIP its objects are joined before.
FUZZ_STACK_LINK = $(FUZZ_LD) $(subst fuzzer-no-link,,$(FUZZ_LDFLAGS)) -o OUT
fuzz-lines-fuzz_reference:
	@: $(info compile: $(FUZZ_CC) -std=c17 -D_GNU_SOURCE -DTCPSPEC_VERSION='"$(VERSION)"' -w $(FUZZ_STACK_CFLAGS) IN -I. -c -o OUT)$(info link: $(FUZZ_STACK_LINK) $(BUILD)/fuzz/plain/fuzz/fuzz_reference.o $(FUZZ_CORE) $(BUILD)/fuzz/reference_ini.o $(FUZZ_REFERENCE) $(FUZZ_STACK_LIB) $(FUZZ_JSON) $(FUZZ_LDLIBS) $(FUZZ_STACK_ENGINE))$(info source: .)

FUZZ_LWIP = $(BUILD)/fuzz/lwip
FUZZ_LWIP_SRC = $(or $(LWIP_SRC),$(wildcard $(BUILD)/lwip-source),$(FUZZ_LWIP)/lwip-source)
fuzz-lines-fuzz_lwip:
	@: $(info compile: $(FUZZ_CC) -std=gnu17 -fPIC -fvisibility=hidden -fno-common -fdata-sections IN $(FUZZ_LWIP_CFLAGS) -mllvm -asan-globals=0 -Itargets/lwip -I$(FUZZ_LWIP_SRC)/src/include -I$(FUZZ_LWIP)/include -I. -w -c -o OUT)$(info join: ld -r -T targets/lwip/globals.ld -o OUT $(filter-out %/lwip.o %/port.o %/glue.o,$(wildcard $(FUZZ_LWIP)/lwip-objects/*.o)))$(info link: $(FUZZ_STACK_LINK) $(BUILD)/fuzz/plain/fuzz/fuzz_lwip.o $(FUZZ_CORE) $(BUILD)/fuzz/lwip_ini.o $(BUILD)/fuzz/lwip_causes.o $(FUZZ_LWIP)/lwip-objects/lwip.o $(FUZZ_STACK_LIB) $(FUZZ_LWIP)/lwip-objects/port.o $(FUZZ_LWIP)/lwip-objects/glue.o $(FUZZ_JSON) $(FUZZ_LDLIBS) $(FUZZ_STACK_ENGINE))$(info source: $(FUZZ_LWIP_SRC))

.PHONY: fuzz-bench fuzz-bugs fuzz-lines-fuzz_reference fuzz-lines-fuzz_lwip
