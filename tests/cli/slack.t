#!/usr/bin/perl
# `model --slack --axes exhaustive`: a row of ambiguous.tsv must argue for the cells that need it, and for no others. (Under the sanitizers it would take ten times as long; the other sets are
# tests/cli/test_commands.c's.)
use strict;
use warnings;
use lib 'tests/live';
use File::Path qw(make_path);
use File::Temp ();
use Live;
use Test::More;

my $data = File::Temp->newdir;
make_path("$data/lib/model", "$data/suite");
open(my $rows, '>', "$data/lib/model/ambiguous.tsv") or die $!;
print $rows "*\tboth\teither\tbecause\n";
close $rows or die $!;
$ENV{TCPSPEC_DATA} = "$data";
my $told = command() . ' model --slack --axes exhaustive 2>&1';
$told = `$told`;
is($? >> 8, 1, 'a row that argues for everything is a finding');
like($told, qr{lib/model/ambiguous\.tsv:1: argues for matrix/closed/none/any/-/0 too, where one reaction is permitted}, 'and the cell that needs no argument is named');

done_testing();
