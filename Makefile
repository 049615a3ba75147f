# tcpspec: `make`, `make check`, `make lint`, `make bench`, `make install`, `make clean`. Everything built lands in $(BUILD).
BUILD ?= build
PREFIX ?= /usr/local
CC ?= gcc
VERSION := 0.1

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
CFLAGS ?= -O2 -g
SAN := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. $(WARN) -MMD -MP -DTCPSPEC_VERSION='"$(VERSION)"' -DTCPSPEC_PREFIX='"$(PREFIX)"' $(CFLAGS) $(EXTRA_CFLAGS)
LDLIBS := -lnet -lpcap -lmnl -ljansson -lpthread

# The layers, weakest first: a layer includes only what stands before it (tests/lint-layers checks).
LAYERS := lib/base lib/wire lib/model lib/script lib/net lib/target lib/run reports suite lib/cli
SRC := $(foreach l,$(LAYERS),$(wildcard $(l)/*.c))
OBJ := $(SRC:%.c=$(BUILD)/%.o)
LIB_OBJ := $(filter-out $(BUILD)/lib/cli/main.o,$(OBJ))
TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/test_*.c))

all: $(BUILD)/tcpspec

$(BUILD)/tcpspec: $(OBJ)
	$(CC) $(CFLAGS) $(EXTRA_CFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libtcpspec.a: $(LIB_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libtcpspec.a
	$(CC) $(CFLAGS) $(EXTRA_CFLAGS) -o $@ $< $(BUILD)/libtcpspec.a -lcmocka $(LDLIBS)

-include $(OBJ:.o=.d)
.PHONY: all
.SECONDARY:
