# tcpspec: make, make check, make lint, make bench, make mutants, make proofs, make coverage, make golden, make install, make clean. Everything that is built lands in $(BUILD).
BUILD ?= build
PREFIX ?= /usr/local
ifeq ($(origin CC),default)
CC := gcc
endif
VERSION := 0.1

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
# (-g takes gcc a fifth longer than -g1, whose lines a trace does with.)
CFLAGS ?= -O2 -g1
# Compiled by clang, in less than two thirds of gcc's time, and so everything has been read by both. Without its check of variables that outlive their function, which gcc's sanitizer has not
# by default either: every call would take its frame from an allocator, and some tests a minute.
SAN := -O0 -g1 -fsanitize=address,undefined -fsanitize-address-use-after-return=never -fno-omit-frame-pointer -fno-sanitize-recover=all
# What was freed is told for 16 MB more, not 256: a fork copies the pages, and a third of the live tests' time under the sanitizers was that.
SAN_ENV = ASAN_OPTIONS="quarantine_size_mb=16:$$ASAN_OPTIONS"
MAKE_SAN = $(MAKE) --no-print-directory -s BUILD=$(BUILD)/san CC=clang CFLAGS='$(SAN)'
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. $(XML_CFLAGS) $(WARN) -MMD -MP -DTCPSPEC_VERSION='"$(VERSION)"' -DTCPSPEC_PREFIX='"$(PREFIX)"' $(CFLAGS)
XML_CFLAGS := $(or $(shell xml2-config --cflags 2>/dev/null),-I/usr/include/libxml2)
LDLIBS := -lnet -lpcap -lmnl -ljansson -lxml2 -lpthread

# The layers, weakest first: a layer includes only what stands before it (tests/lint-layers.sh).
LAYERS := lib/base lib/wire lib/model lib/script lib/net lib/target lib/run reports suite lib/cli
SRC := $(foreach l,$(LAYERS),$(wildcard $(l)/*.c))
OBJ := $(SRC:%.c=$(BUILD)/%.o)
LIB_OBJ := $(filter-out $(BUILD)/lib/cli/main.o,$(OBJ))
TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/test_*.c))
# Tests in Perl: those that measure the machine run last, the others side by side, the longest first, but for those of the build with sanitizers, which comes later.
ALONE_T := tests/live/fence.t tests/live/stable.t
SAN_T := tests/live/clean.t tests/target/reference.t tests/target/toy.t
LONGEST_T := $(patsubst %,tests/live/%.t,reference given faults matrix capture)
# Left to .ci/run, which has CHECK_ALL: the README's runs, the faults of the wire in memory, and the mutants' own tools.
CI_T := tests/live/memory.t tests/live/readme.t tests/mutants/mutants.t
FUZZ_T := tests/fuzz/smoke.t tests/fuzz/command.t tests/fuzz/linux.t
SIDE_T := $(LONGEST_T) $(filter-out $(ALONE_T) $(SAN_T) $(FUZZ_T) $(LONGEST_T) $(if $(CHECK_ALL),,$(CI_T)),$(wildcard tests/*/*.t))
LINT_SH := tests/lint-layers.sh $(wildcard tests/*/*.sh)

COMMA := ,
# The folder of what is made, where it is not there yet: a process for each object is two seconds of make check.
room = $(if $(wildcard $(@D)/.),,mkdir -p $(@D))

all: $(BUILD)/tcpspec $(BUILD)/tcpspec-reference $(BUILD)/libtcpspec-reference.so $(BUILD)/tcpspec-agent

$(BUILD)/tcpspec: $(OBJ)
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

# A stack of lib/target/stack.h on a link, steered by lines.
LIVE_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard targets/live/*.c))
$(BUILD)/tcpspec-reference: $(LIVE_OBJ) $(BUILD)/libtcpspec.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS) -ldl

# The upper tester that is copied to devices: one file, and nothing of ours.
$(BUILD)/tcpspec-agent: targets/agent/tcpspec-agent.c
	@$(room)
	$(CC) -std=c17 $(WARN) $(CFLAGS) -o $@ $<

$(BUILD)/libtcpspec.a: $(LIB_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

# What the tests go through millions of times is worth being optimized under the sanitizers too: half a second of compilation, four of testing.
SAN_HOT := suite/% lib/base/% tests/suite/%
if_hot = $(if $(findstring -fsanitize=address,$(CFLAGS)),$(if $(filter $(SAN_HOT),$1),-O1))

# Program and library share the base and the wire.
if_shared = $(if $(filter lib/base/% lib/wire/%,$1),-fPIC -fvisibility=hidden)

$(BUILD)/%.o: %.c
	@$(room)
	$(CC) $(ALL_CFLAGS) $(call if_hot,$<) $(call if_shared,$<) -c -o $@ $<

# What is tested is held against undefined behaviour; the tests themselves against wrong memory alone, which halves their compilation. Nor are they worth being optimized, as the library is that they go through.
$(BUILD)/tests/%.o: tests/%.c
	@$(room)
	$(CC) $(subst -O2,-O0,$(subst address$(COMMA)undefined,address,$(ALL_CFLAGS))) $(call if_hot,$<) -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libtcpspec.a
	$(CC) $(CFLAGS) -o $@ $< $(BUILD)/libtcpspec.a -lcmocka $(LDLIBS)

# make check links most test programs as one, which takes their first argument for the source of that whose main() it is to be: a hundred links under the sanitizers take ten seconds. Those that put a
# function in the place of the library's, or include a program, stay by themselves.
COMMANDS := $(patsubst %.c,$(BUILD)/%,$(shell grep -l '"tests/cli/cli_room\.h"' tests/*/test_*.c))
APART := $(COMMANDS) $(patsubst %.c,$(BUILD)/%,$(shell grep -l '/tcpspec-agent\.c"' tests/*/test_*.c))
JOINED := $(filter-out $(APART),$(TESTS))
$(BUILD)/joined/mains.h: Makefile $(wildcard tests/*/test_*.c)
	@$(room)
	@{ $(foreach t,$(JOINED:$(BUILD)/tests/%=%),echo 'int $(subst /,_,$t)(void);';) \
	echo '#define MAINS $(foreach t,$(JOINED:$(BUILD)/tests/%=%),{"tests/$t.c", $(subst /,_,$t)},)'; } >$@

$(BUILD)/joined/%.o: tests/%.c $(BUILD)/joined/mains.h
	@$(room)
	$(CC) $(subst address$(COMMA)undefined,address,$(ALL_CFLAGS)) $(call if_hot,$<) -include $(BUILD)/joined/mains.h -Dmain=$(subst /,_,$*) -c -o $@ $<

$(BUILD)/tests/joined/joined: tests/joined.c $(JOINED:$(BUILD)/tests/%=$(BUILD)/joined/%.o) $(BUILD)/joined/reference/peer.o $(BUILD)/libfuzzed.a $(BUILD)/libreference.a $(BUILD)/libtcpspec.a
	@$(room)
	$(CC) $(ALL_CFLAGS) -include $(BUILD)/joined/mains.h -o $@ $(filter-out %.h,$^) -lcmocka $(LDLIBS)

$(BUILD)/bench: $(BUILD)/lib/bench/bench.o
	$(CC) $(CFLAGS) -o $@ $<

$(BUILD)/bench-workers: $(BUILD)/lib/bench/workers.o
	$(CC) $(CFLAGS) -o $@ $<

FLOOR_OBJ := $(patsubst %,$(BUILD)/lib/bench/%.o,floor floor_bytes floor_cell)
$(BUILD)/bench-floor: $(BUILD)/lib/bench/floor_main.o $(FLOOR_OBJ) $(BUILD)/libtcpspec.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/bench-cells: $(BUILD)/lib/bench/cells.o $(FLOOR_OBJ) $(BUILD)/libtcpspec.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

# Stacks that run in the tester's process: libraries that export lib/target/stack.h and nothing else. They see it as it is installed.
STACK_OBJ := $(patsubst %.c,$(BUILD)/pic/%.o,$(wildcard targets/reference/*.c)) $(patsubst %.c,$(BUILD)/%.o,$(wildcard lib/wire/*.c lib/base/*.c))
$(BUILD)/pic/%.o: %.c
	@$(room)
	$(CC) $(ALL_CFLAGS) -fPIC -fvisibility=hidden -c -o $@ $<

$(BUILD)/libtcpspec-reference.so: $(STACK_OBJ)
	$(CC) $(CFLAGS) -shared -o $@ $^

# lwIP, from Debian's source package, which is fetched, or from a tree of yours: LWIP_SRC=DIR. With CFLAGS='-g -fsanitize=address,undefined' for a tcpspec that was built so.
target-lwip: $(BUILD)/tcpspec $(BUILD)/tcpspec-reference $(BUILD)/include/tcpspec/stack.h
	CC='$(CC)' CFLAGS='$(CFLAGS)' LWIP_SRC='$(LWIP_SRC)' sh targets/lwip/build.sh $(BUILD)

# libslirp, from Debian's libslirp-dev, which is installed.
target-slirp: $(BUILD)/tcpspec $(BUILD)/tcpspec-reference $(BUILD)/include/tcpspec/stack.h
	CC='$(CC)' CFLAGS='$(CFLAGS)' sh targets/slirp/build.sh $(BUILD)

# The negative control: Debian's vpcs, which is installed.
target-vpcs:
	@command -v vpcs >/dev/null || apt-get install -y -q --no-install-recommends vpcs >&2 || { echo "target-vpcs: apt-get install vpcs failed; install it as root" >&2; exit 1; }
	@command -v script >/dev/null || { echo "target-vpcs: needs script(1): apt-get install bsdutils" >&2; exit 1; }

# What the harnesses of stacks share is tested without libFuzzer, and so are they.
$(BUILD)/libfuzzed.a: $(patsubst %,$(BUILD)/fuzz/%.o,core causes cause_id cause_traits watch guard rules feedback input input_script bug)
	rm -f $@ && $(AR) rcs $@ $^
-include $(wildcard $(BUILD)/fuzz/*.d)

$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libfuzzed.a $(BUILD)/libreference.a $(BUILD)/libtcpspec.a
	$(CC) $(CFLAGS) -o $@ $< $(BUILD)/libfuzzed.a $(BUILD)/libreference.a $(BUILD)/libtcpspec.a -lcmocka $(LDLIBS)

# Its parts are tested from within, and measured: linked in, so that the sanitizers see them. (The base and the wire come from the other library, which has them too.)
$(BUILD)/libreference.a: $(filter $(BUILD)/pic/targets/%,$(STACK_OBJ))
	rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/tests/reference/%: $(BUILD)/tests/reference/%.o $(BUILD)/tests/reference/peer.o $(BUILD)/libreference.a $(BUILD)/libtcpspec.a
	$(CC) $(CFLAGS) -o $@ $< $(BUILD)/tests/reference/peer.o $(BUILD)/libreference.a $(BUILD)/libtcpspec.a -lcmocka $(LDLIBS)
-include $(BUILD)/tests/reference/peer.d

$(BUILD)/bench-bulk: $(BUILD)/lib/bench/bulk.o $(BUILD)/libreference.a $(BUILD)/libtcpspec.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/include/tcpspec/stack.h: lib/target/stack.h
	install -D -m 644 $< $@

# The judge and the reference stack in one program, for MemorySanitizer: it wants every octet that is read to have been written by what it has compiled, so what is not reached in memory stays
# out. (That goes for files; libnet, libpcap and libmnl are linked for the live wire's functions, and never called.)
MSAN := -O0 -g1 -fsanitize=memory -fno-omit-frame-pointer -ffunction-sections
MSAN_NOT := $(patsubst %,lib/net/%.c,attach capture child doctor ethtool memory_wire namespace order refusal stamp sysctl sysfs) \
	$(patsubst %,lib/run/%.c,beside calibrate calibrate_same follow header_model judge_stored live observed plays probe_print record record_read setup sprint_watch stream_ladder streams told watch workers) \
	$(patsubst %,lib/target/%.c,diag doctor exec exec_lines in_process_doctor keys_told lacks linux_call pair process settings starter steered testability testability_call testability_channel testability_known) $(patsubst %,lib/script/%.c,lint lint_expect lint_play) \
	$(patsubst %,lib/wire/%.c,link_layer pcapng_read pcapng_write) $(patsubst %,lib/model/%.c,ambiguous slack) $(patsubst %,suite/%.c,cells_parse selection)
MSAN_SRC := $(filter-out $(MSAN_NOT),$(foreach l,lib/base lib/wire lib/model lib/script lib/net lib/target lib/run suite targets/reference tests/msan,$(wildcard $(l)/*.c)))
$(BUILD)/msan-driver: $(MSAN_SRC:%.c=$(BUILD)/%.o)
	$(CC) $(CFLAGS) -Wl,--gc-sections -o $@ $^ -lnet -lpcap -lmnl -ldl
-include $(MSAN_SRC:%.c=$(BUILD)/%.d)

# The toy of doc/stack.md, compiled as its author would; and libraries that are no stacks, each in one way.
TOY_CFLAGS = -std=c17 -fPIC $(WARN) -I$(BUILD)/include $(CFLAGS)
TOYS := $(BUILD)/toy/libtoy.so $(BUILD)/toy/libtoy.ini $(patsubst tests/toy/%.c,$(BUILD)/toy/lib%.so,$(wildcard tests/toy/*.c))
$(BUILD)/toy/libtoy.so: doc/toy/tcp.c doc/toy/glue.c doc/toy/tcp.h $(BUILD)/include/tcpspec/stack.h
	@$(room)
	$(CC) $(TOY_CFLAGS) -shared -o $@ doc/toy/tcp.c doc/toy/glue.c

$(BUILD)/toy/libtoy.ini: doc/toy/libtoy.ini
	install -D -m 644 $< $@

$(BUILD)/toy/lib%.so: tests/toy/%.c tests/toy/least.h $(BUILD)/include/tcpspec/stack.h
	@$(room)
	$(CC) $(TOY_CFLAGS) -I. -shared -o $@ $<

$(BUILD)/bench-memory: $(BUILD)/lib/bench/memory.o $(BUILD)/libtcpspec.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

# Those that give whole commands, or go through every cell and every ladder: `make check` runs them as they are used, and CHECK_ALL=1 under the sanitizers too.
LONGEST := $(patsubst %,$(BUILD)/tests/run/%,test_virtual test_judge_exhaustive)
LONG := $(COMMANDS) $(patsubst %,$(BUILD)/tests/%,suite/test_cells suite/test_pairwise script/test_round_trip) $(LONGEST)

toys: $(TOYS)

tests: $(TESTS) $(TOYS)

tests-joined: $(if $(CHECK_ALL),$(APART),$(filter-out $(LONG),$(APART))) $(BUILD)/tests/joined/joined $(TOYS)

# The project's own tests. Sets itself up (NO_INSTALL=1: only names what is missing). The build with sanitizers is clang's, and the unit tests run there;
# the proof of the judge runs there on a share of its cells, and once more without them on all. RUNS and LOADED say how often tests/live/stable.t repeats (a run under load takes both cores from all else: CI has one); CHECK_ALL=1 asks for all of which
# else a share is done. What computes goes on beside what waits; what measures the machine comes last, beside it one process at a time that gives way (CONTRIBUTING.md).
check:
	@NO_INSTALL='$(NO_INSTALL)' tests/check-setup.sh
	@$(MAKE) --no-print-directory -j2 built
	@$(MAKE) --no-print-directory -j4 check-programs check-san check-units check-fuzz
	@$(MAKE) --no-print-directory -j2 check-alone check-beside

built:
	+@$(MAKE) --no-print-directory -s BUILD=$(BUILD) all $(BUILD)/bench toys

built-san:
	+@$(MAKE_SAN) all toys

check-alone:
	TCPSPEC=$(BUILD)/tcpspec TCPSPEC_DATA=. RUNS=$(or $(RUNS),1) LOADED=$(or $(LOADED),0) prove -j2 $(ALONE_T)

# Those tests wait for half of their time.
check-beside:
	+@nice -n 19 $(MAKE) --no-print-directory lint check-clang check-longest

# What the build with sanitizers does not compile.
check-clang:
	@echo "clang -fsyntax-only"; clang $(filter-out -MMD -MP,$(ALL_CFLAGS)) -fsyntax-only $(wildcard fuzz/*.c lib/bench/*.c tests/msan/*.c)
	@clang $(filter-out -MMD -MP,$(ALL_CFLAGS)) -DAGENT_PLAIN -fsyntax-only targets/agent/tcpspec-agent.c

# Of CI, with CHECK_ALL=1: a build of its own is 20 s of processor time. All cells of the full set, and of the ladders, each of which needs a stack whose shadow is cleared, every sixth file, or by CHECK_ALL=1 all.
check-msan:
	+@$(MAKE) --no-print-directory -s BUILD=$(BUILD)/msan CC=clang CFLAGS='$(MSAN)' $(BUILD)/msan/msan-driver
	@sed 's/^\(connections *=\).*/\1 300/' targets/reference/target.ini >$(BUILD)/msan/target.ini
	@echo msan-driver; $(BUILD)/msan/msan-driver $(BUILD)/msan/target.ini full $$(find suite -name '*.ladder' | sort | awk '$(if $(CHECK_ALL),1,NR % 6 == 1)')

check-units: built-san
	+@$(MAKE_SAN) tests-joined
	@$(SAN_ENV) prove -j2 --exec '' $(patsubst $(BUILD)/%,$(BUILD)/san/%,$(if $(CHECK_ALL),$(APART),$(filter-out $(LONG),$(APART))))
	@$(SAN_ENV) prove -j2 --exec $(BUILD)/san/tests/joined/joined $(patsubst $(BUILD)/%,%.c,$(if $(CHECK_ALL),$(JOINED),$(filter-out $(LONG),$(JOINED))))
	+@$(MAKE) --no-print-directory -s BUILD=$(BUILD) $(filter-out $(LONGEST),$(LONG))
	@prove -j2 --exec '' $(filter-out $(LONGEST),$(LONG))

check-longest:
	+@$(MAKE) --no-print-directory -s BUILD=$(BUILD) $(LONGEST)
	@prove -v --exec '' $(LONGEST)

check-programs:
	TCPSPEC=$(BUILD)/tcpspec TCPSPEC_DATA=. prove -j3 $(SIDE_T)

check-san: built-san
	TCPSPEC=$(BUILD)/tcpspec TCPSPEC_SAN=$(BUILD)/san/tcpspec TCPSPEC_DATA=. $(SAN_ENV) prove -j2 $(SAN_T)

# Ladders against the grammar and the model, known deviations against the suite, layers, the catalogue's coverage, the model's slack, the man page, the format.
lint: lint-scripts lint-suite lint-slack lint-format

lint-scripts: $(BUILD)/tcpspec
	prove --exec sh $(LINT_SH)

lint-suite: $(BUILD)/tcpspec
	TCPSPEC_DATA=. $(BUILD)/tcpspec lint suite suite/requirements.tsv $(wildcard targets/*/known*.tsv)

lint-slack: $(BUILD)/tcpspec
	TCPSPEC_DATA=. $(BUILD)/tcpspec model --slack --axes exhaustive
	TCPSPEC_DATA=. $(BUILD)/tcpspec model --slack --axes pairwise

lint-format:
	@found=$$(groff -ww -mdoc -Tutf8 -Z doc/tcpspec.1 2>&1 >/dev/null); test -z "$$found" || { echo "$$found"; exit 1; }
	clang-format --dry-run --Werror $$(git ls-files '*.c' '*.h')

# The suite on the reference stack with a fault planted in it: the patches (MUTANTS=NAME...: only these), and every fault of one operator (SHARE=K/N: a share of them; FILES=...: in these; AGAIN=1: those that survived the last time). Minutes on two cores, so
# no part of check; CONTRIBUTING.md says how to add one. Reports in $(BUILD)/mutants.
STACK_ENV = CC='$(CC)' BUILD='$(BUILD)' TCPSPEC='$(BUILD)/tcpspec' STACK_SOURCES='$(patsubst $(BUILD)/%.o,%.c,$(STACK_OBJ:$(BUILD)/pic/%=$(BUILD)/%))'
mutants: mutants-patches mutants-generated

mutants-patches: $(BUILD)/tcpspec
	$(STACK_ENV) perl tests/mutants/patches.pl $(MUTANTS)

# The same, and writes targets/reference/mutants/proofs.tsv: which requirement a mutant has proved by which test.
proofs: $(BUILD)/tcpspec
	$(STACK_ENV) perl tests/mutants/patches.pl --proofs

mutants-generated: $(BUILD)/tcpspec
	$(STACK_ENV) perl tests/mutants/generated.pl $(if $(SHARE),--share $(SHARE)) $(if $(AGAIN),--again) $(FILES)

# What of the reference stack the suite reaches, by gcov.
coverage: $(BUILD)/tcpspec
	$(STACK_ENV) perl tests/mutants/coverage.pl

# Rewrites the golden files; read `git diff tests/golden` before you commit.
golden: $(BUILD)/tests/reports/test_golden $(BUILD)/tests/reports/test_diff $(BUILD)/tests/reports/test_compare $(BUILD)/tests/reports/test_junit $(BUILD)/tests/cli/test_golden_commands
	tests/golden.sh $(BUILD)

# What waits for no real time (README: 2.4 s), the base matrix, the default selection, and one handshake: whole commands, namespaces and calibration included.
# BENCH_ALL=1: also everything, against its longest play (some three minutes).
# In memory: the whole suite, long timers included (budget 2 s), and cells with their verdict (wanted: 300,000 a second).
# The whole exhaustive set against the floor, what the floor's options are worth, a bulk transfer in memory, and two workers against one.
bench: $(BUILD)/tcpspec $(BUILD)/bench $(BUILD)/bench-floor $(BUILD)/bench-cells $(BUILD)/bench-memory $(BUILD)/libtcpspec-reference.so $(BUILD)/bench-workers $(BUILD)/bench-bulk
	TCPSPEC_DATA=. $(BUILD)/bench 11 2.4 $(BUILD)/tcpspec run --quick --quiet
	TCPSPEC_DATA=. $(BUILD)/bench 5 1.5 $(BUILD)/tcpspec run --quiet 'matrix/*'
	TCPSPEC_DATA=. $(BUILD)/bench 3 10 $(BUILD)/tcpspec run --quiet
	TCPSPEC_DATA=. $(BUILD)/bench 5 1.5 $(BUILD)/tcpspec run --quiet handshake/figure-6
	$(BUILD)/bench-floor
	$(BUILD)/bench-cells
	$(BUILD)/bench-bulk
	TCPSPEC_DATA=. $(BUILD)/bench 11 2 $(BUILD)/tcpspec run -t reference --all --quiet
	$(BUILD)/bench-memory
	-TCPSPEC_DATA=. $(BUILD)/bench-workers 3 $(BUILD)/tcpspec
ifeq ($(BENCH_ALL),1)
	TCPSPEC_DATA=. lib/bench/all.sh $(BUILD)/tcpspec
endif

install: $(BUILD)/tcpspec $(BUILD)/tcpspec-reference $(BUILD)/tcpspec-agent $(BUILD)/libtcpspec-reference.so $(BUILD)/tcpspec-agent
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/tcpspec $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/doc/tcpspec
	install -m 755 $(BUILD)/tcpspec $(DESTDIR)$(PREFIX)/bin/tcpspec
	install -m 755 $(BUILD)/tcpspec-reference $(DESTDIR)$(PREFIX)/bin/tcpspec-reference
	install -m 755 $(BUILD)/tcpspec-agent $(DESTDIR)$(PREFIX)/bin/tcpspec-agent
	install -D -m 755 $(BUILD)/libtcpspec-reference.so $(DESTDIR)$(PREFIX)/lib/tcpspec/libtcpspec-reference.so
	if [ -e $(BUILD)/libtcpspec-lwip.so ]; then install -m 755 $(BUILD)/libtcpspec-lwip.so $(DESTDIR)$(PREFIX)/lib/tcpspec/; fi
	if [ -e $(BUILD)/libtcpspec-ns3.so ]; then install -m 755 $(BUILD)/libtcpspec-ns3.so $(DESTDIR)$(PREFIX)/lib/tcpspec/; fi
	for harness in $(wildcard $(BUILD)/fuzz/fuzz_*); do install -m 755 $$harness $(DESTDIR)$(PREFIX)/lib/tcpspec/; done
	for beside in $(wildcard $(BUILD)/fuzz/seeds $(BUILD)/fuzz/dict); do cp -r $$beside $(DESTDIR)$(PREFIX)/lib/tcpspec/; done
	install -D -m 644 lib/target/stack.h $(DESTDIR)$(PREFIX)/include/tcpspec/stack.h
	cp -R suite targets $(DESTDIR)$(PREFIX)/share/tcpspec/
	find $(DESTDIR)$(PREFIX)/share/tcpspec '(' -name '*.[ch]' -o -name '*.cc' -o -name '*.go' -o -name '*.patch' -o -type d -empty ')' -delete
	install -D -m 644 targets/agent/tcpspec-agent.c $(DESTDIR)$(PREFIX)/share/tcpspec/targets/agent/tcpspec-agent.c
	find $(DESTDIR)$(PREFIX)/share/tcpspec/targets/reference/mutants -type f ! -name proofs.tsv -delete
	-install -D -m 644 doc/not-tested.tsv $(DESTDIR)$(PREFIX)/share/tcpspec/doc/not-tested.tsv
	install -D -m 644 lib/model/ambiguous.tsv $(DESTDIR)$(PREFIX)/share/tcpspec/lib/model/ambiguous.tsv
	install -m 644 doc/tcpspec.1 $(DESTDIR)$(PREFIX)/share/man/man1/tcpspec.1
	install -m 644 LICENSE README.md doc/stack.md doc/exec.md doc/agent.md doc/targets.md $(DESTDIR)$(PREFIX)/share/doc/tcpspec/
	cp -R doc/toy $(DESTDIR)$(PREFIX)/share/doc/tcpspec/

clean:
	rm -rf $(BUILD)

-include $(wildcard $(BUILD)/joined/*/*.d)
-include $(OBJ:.o=.d) $(LIVE_OBJ:.o=.d) $(STACK_OBJ:.o=.d) $(TESTS:=.d) $(wildcard $(BUILD)/lib/bench/*.d)
include fuzz/fuzz.mk

# gVisor's netstack as a program of its own on a link, from Debian's golang-gvisor-gvisor-dev and golang-go, which are installed where they are missing.
target-gvisor: $(BUILD)/tcpspec
	dpkg -s golang-gvisor-gvisor-dev golang-go >/dev/null 2>&1 || apt-get install -y --no-install-recommends golang-gvisor-gvisor-dev golang-go
	GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= GOCACHE=$(abspath $(BUILD))/gocache go build -o $(BUILD)/tcpspec-gvisor ./targets/gvisor

# ns-3, from Debian's libns3-dev, which is installed where it is missing.
target-ns3: $(BUILD)/tcpspec $(BUILD)/tcpspec-reference $(BUILD)/include/tcpspec/stack.h
	CXX='$(CXX)' CFLAGS='$(CFLAGS)' sh targets/ns3/build.sh $(BUILD)

# EDK II's TcpDxe: Debian's OVMF in QEMU, with our EFI application; what is missing of ovmf, qemu-system-x86, gnu-efi, clang and lld is installed. It is booted once.
target-tcpdxe: $(BUILD)/tcpspec
	sh targets/tcpdxe/build.sh $(BUILD)

.PHONY: all target-tcpdxe target-ns3 target-gvisor target-lwip target-slirp target-vpcs toys tests tests-joined built built-san check check-alone check-beside check-longest check-clang check-msan check-programs check-san check-units lint mutants mutants-patches mutants-generated proofs coverage golden bench install clean
.SECONDARY:
