# Tables of the mutants' reports: the same rows as TSV, for programs, and as Markdown, for people. It counts nothing.
package Report;
use strict;
use warnings;
use Exporter 'import';
use Variant;
our @EXPORT = qw(table_write);

# Writes name.tsv and name.md in the build directory. columns: names; rows: references to as many values. note: sentences before the Markdown table.
sub table_write {
	my ($name, $title, $note, $columns, $rows) = @_;
	text_write(build_dir() . "/$name.tsv", join '', map { join("\t", map { tr/\t\n/  /r } @$_) . "\n" } $columns, @$rows);
	my $head = '| ' . join(' | ', @$columns) . " |\n|" . '---|' x @$columns . "\n";
	my $body = join '', map { '| ' . join(' | ', map { s/\|/\\|/gr =~ tr/\n/ /r } @$_) . " |\n" } @$rows;
	text_write(build_dir() . "/$name.md", "# $title\n\n$note\n\n" . (@$rows ? "$head$body" : "(none)\n"));
	return;
}

1;
