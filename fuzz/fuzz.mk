# The harnesses of doc/fuzzing.md, for libFuzzer: included by the Makefile. What is under test is compiled with sanitizers and counters into $(BUILD)/fuzz/obj; what only judges is linked as it is. fuzz/oss-fuzz/build.sh sets all that is set by ?=.
FUZZ_CC ?= clang
FUZZ_LD ?= $(FUZZ_CC)
FUZZ_ENGINE ?= -fsanitize=fuzzer
FUZZ_CFLAGS ?= -O1 -g1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_LDFLAGS ?= $(FUZZ_CFLAGS)
FUZZ_LIB ?= $(BUILD)/libtcpspec.a
FUZZ_LDLIBS ?= -Wl,--as-needed $(LDLIBS)
FUZZ_WARN ?= $(WARN)
FUZZ_ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. $(FUZZ_WARN) -MMD -MP -DTCPSPEC_VERSION='"$(VERSION)"' -DTCPSPEC_PREFIX='"$(PREFIX)"' $(FUZZ_CFLAGS)

# The same library for a place where there is nothing but libc: compiled so that what reaches a live wire, and nobody calls, is left out with the libraries that it wants.
FUZZ_JUDGE_CFLAGS ?= -O2 -g1
FUZZ_JUDGE_OBJ := $(patsubst %.c,$(BUILD)/fuzz/judge/%.o,$(filter lib/% suite/%,$(MSAN_SRC)))
$(BUILD)/fuzz/judge/%.o: %.c
	@mkdir -p $(@D)
	$(FUZZ_CC) -std=c17 -D_GNU_SOURCE -I. -MMD -MP -DTCPSPEC_VERSION='"$(VERSION)"' -DTCPSPEC_PREFIX='"$(PREFIX)"' -ffunction-sections -fdata-sections $(FUZZ_JUDGE_CFLAGS) -c -o $@ $<
$(BUILD)/fuzz/libjudge.a: $(FUZZ_JUDGE_OBJ)
	rm -f $@ && $(AR) rcs $@ $^
-include $(FUZZ_JUDGE_OBJ:.o=.d) $(wildcard $(BUILD)/fuzz/judge/fuzz/*.d)

# Those that may run at ClusterFuzz, by name, and built with their seeds: nothing that needs a kernel to itself.
FUZZ_CLUSTER = $(filter-out fuzz_linux,$(FUZZ_HARNESSES))
fuzz-list:
	@echo $(FUZZ_CLUSTER)

# For each: its sources, all under test; what it is linked with beside $(FUZZ_LIB).
FUZZ_HARNESSES := fuzz_wire fuzz_ladder fuzz_agent

fuzz_wire_SRC := fuzz/fuzz_wire.c $(wildcard lib/wire/*.c lib/base/*.c)
fuzz_ladder_SRC := fuzz/fuzz_ladder.c $(wildcard lib/script/*.c lib/base/*.c lib/target/declaration*.c) $(patsubst %,lib/%.c,wire/option_text target/given target/testability_spec run/known run/known_match run/record run/record_read)
fuzz_ladder_LIBS := -Wl,--wrap=memory_file -l:libjansson.a
fuzz_agent_SRC := fuzz/fuzz_agent.c

fuzz: $(FUZZ_HARNESSES:%=$(BUILD)/fuzz/%) fuzz-seeds

fuzz-clusterfuzz: $(FUZZ_CLUSTER:%=$(BUILD)/fuzz/%) fuzz-seeds

$(BUILD)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_ALL_CFLAGS) -c -o $@ $<

define fuzz_harness
$(BUILD)/fuzz/$1: $(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$($1_SRC)) $(FUZZ_LIB)
	$$(FUZZ_LD) $$(FUZZ_LDFLAGS) -o $$@ $$^ $$($1_LIBS) $$(FUZZ_LDLIBS) $$(FUZZ_ENGINE)
-include $(patsubst %.c,$(BUILD)/fuzz/obj/%.d,$($1_SRC))
endef
$(foreach h,$(FUZZ_HARNESSES),$(eval $(call fuzz_harness,$h)))

# fuzz_wire with a mistake in what it tests, to see that it finds one.
$(BUILD)/fuzz/planted/segment.c: lib/wire/segment.c
	@mkdir -p $(@D)
	sed 's/word >> 9 & 7/word >> 9 \& 3/' $< >$@

$(BUILD)/fuzz/planted/segment.o: $(BUILD)/fuzz/planted/segment.c
	$(FUZZ_CC) $(FUZZ_ALL_CFLAGS) -c -o $@ $<

$(BUILD)/fuzz/planted/fuzz_wire: $(BUILD)/fuzz/planted/segment.o $(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$(filter-out lib/wire/segment.c,$(fuzz_wire_SRC)))
	$(FUZZ_LD) $(FUZZ_LDFLAGS) -o $@ $^ $(FUZZ_ENGINE)

# Part of make check.
check-fuzz: fuzz $(BUILD)/fuzz/planted/fuzz_wire
	TCPSPEC=$(BUILD)/tcpspec TCPSPEC_DATA=. prove $(FUZZ_T)

# What the harnesses begin with, from the suite's files and the sources' tables: $(BUILD)/fuzz/seeds/HARNESS/*, $(BUILD)/fuzz/dict/HARNESS.dict.
fuzz-seeds: $(BUILD)/fuzz/make-parser-seeds
	sh fuzz/seeds.sh $(BUILD)/fuzz

$(BUILD)/fuzz/make-parser-seeds: $(patsubst %,$(BUILD)/fuzz/judge/%.o,fuzz/parser_seeds lib/run/record lib/wire/pcapng_write) $(FUZZ_LIB)
	$(FUZZ_LD) $(FUZZ_SEEDS_LDFLAGS) -o $@ $^ -l:libjansson.a $(FUZZ_LDLIBS)

.PHONY: fuzz fuzz-list fuzz-clusterfuzz fuzz-seeds check-fuzz
