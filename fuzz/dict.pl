#!/usr/bin/perl
# Writes the dictionaries of the parsers' harnesses (fuzz_wire, fuzz_ladder, fuzz_agent) from the tables of the sources, so that a new word is in them by itself.
#
# usage: perl fuzz/dict.pl FOLDER     (from the top of the tree)
use strict;
use warnings;

my $folder = shift // die "usage: perl fuzz/dict.pl FOLDER\n";

# A source without its comments.
sub source {
	my ($path) = @_;
	open(my $in, '<', $path) or die "$path: $!\n";
	local $/;
	return <$in> =~ s{/\*.*?\*/}{}gsr;
}

# The value of an enumerator, wherever it is defined.
sub value {
	my ($name) = @_;
	for (map { source($_) } glob('lib/wire/*.[ch]')) {
		my ($said) = /\b\Q$name\E = (0x[0-9a-f]+|\d+)/ or next;
		return $said =~ /^0x/ ? hex $said : $said;
	}
	die "nobody says what $name is: mend fuzz/dict.pl\n";
}

sub octets { return '"' . join('', map { sprintf '\\x%02x', $_ } @_) . '"' }
sub number { my ($value, $octets) = @_; return octets(map { $value >> 8 * $_ & 0xff } reverse 0 .. $octets - 1) }
sub little { my ($value, $octets) = @_; return octets(map { $value >> 8 * $_ & 0xff } 0 .. $octets - 1) }
sub quoted { return '"' . ($_[0] =~ s/([\\"])/\\$1/gr) . '"' }

sub dictionary {
	my ($name, @entries) = @_;
	my %seen;
	@entries = grep { !$seen{$_}++ } @entries;
	@entries >= 10 or die "$name: hardly a word was found: the tables have moved, mend fuzz/dict.pl\n";
	open(my $out, '>', "$folder/$name.dict") or die "$folder/$name.dict: $!\n";
	print $out "# Written by fuzz/dict.pl.\n", map { "$_\n" } @entries;
	close $out or die "$folder/$name.dict: $!\n";
}

# Kinds with their lengths, where a kind has few; the words; types of frames and blocks.
my @kinds = source('lib/wire/option_kinds.c') =~ /^\s*\{(\d+, (?:NULL|"\w+"), "[^"]*")/mg;
my (@wire, @words);
for (@kinds) {
	my ($kind, $word, $length) = /^(\d+), (?:NULL|"(\w+)"), "([^"]*)"$/;
	push @words, $word if defined $word;
	push @wire, $length eq '-' ? octets($kind) : $length =~ /^\d+$/ ? octets($kind, $length) : map { octets($kind, $_) } 2, 10, 18;
}
push @wire, map({ quoted("$_:") } @words), map({ quoted($_) } 'K8:L', 'TFO:cookie', 'TFO:forged');
push @wire, map({ number(value($_), 2) } qw(TYPE_IPV4 TYPE_IPV6 TYPE_VLAN TYPE_SERVICE_VLAN ETHERTYPE_ARP));
push @wire, map({ octets(value($_)) } qw(IP_PROTOCOL_TCP IP_PROTOCOL_ICMP IP_PROTOCOL_ICMPV6 IP_NEXT_ROUTING IP_NEXT_FRAGMENT IP_NEXT_DESTINATION IP_OPTION_LOOSE_ROUTE IP_OPTION_STRICT_ROUTE));
for my $block (qw(PCAPNG_MAGIC BYTE_ORDER_MAGIC BLOCK_INTERFACE BLOCK_PACKET BLOCK_SIMPLE_PACKET BLOCK_ENHANCED_PACKET BLOCK_CUSTOM BLOCK_CUSTOM_KEPT)) {
	push @wire, little(value($block), 4), number(value($block), 4);
}
dictionary('fuzz_wire', @wire);

# What the readers of text take by name: every literal there that is a word, or a few.
my @ladder;
for my $path (glob('lib/script/*.c lib/target/declaration*.c lib/model/keys.c lib/model/state.c lib/model/user_setting.c lib/run/record_read.c')) {
	push @ladder, map { quoted($_) } grep { !/%/ } source($path) =~ /"([A-Za-z][\w.-]*(?: [\w.-]+){0,2})"/g;
}
push @ladder, map({ quoted("<$_=") } qw(SEQ ACK CTL WND UP DATA OPT CHK OFF RSV SRC RAW ICMP MTU TTL DSCP ECN IPOPT EXT FROM TO)), map({ quoted("$_:") } @words);
push @ladder, map({ quoted($_) } '-->', '<--', '...', ' (', ') ', '|', '+1', "'300", '#0', '{', '}');
dictionary('fuzz_ladder', @ladder);

# A message begins with service, method, length; the methods stand in one switch.
my @methods = source('targets/agent/tcpspec-agent.c') =~ /^\s*case (0x[0-9a-f]{4}):/mg;
dictionary('fuzz_agent', octets(1, 5), octets(1, 1, 0, 0), octets(4, 127, 0, 0, 1), octets(16, (0) x 15, 1), map { octets(1, 5, hex($_) >> 8, hex($_) & 0xff) } @methods);
