# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Files, folders and text; /work is the folder to do it in, WORK where there is another.
use strict;
use warnings;

my $work = $ENV{WORK} // '/work';
mkdir "$work/folder" or die "mkdir: $!";
print mkdir("$work/folder") ? "made\n" : "mkdir: $!\n";
open(my $out, '>', "$work/folder/text") or die "open: $!";
printf $out "%03d %s\n", $_, join ',', map { $_ * $_ } 1 .. $_ for 1 .. 20;
close $out or die "close: $!";
open($out, '>>', "$work/folder/text") or die "append: $!";
print $out "the end\n";
close $out;
print -s "$work/folder/text", " bytes\n";

open(my $in, '<', "$work/folder/text") or die "open: $!";
my %lengths;
while (my $line = <$in>) {
  chomp $line;
  $lengths{length $line}++;
  print "$1: $2\n" if $line =~ /^(\d+7) .*,(\d+)$/;
}
seek($in, 4, 0);
read($in, my $bytes, 5);
print "at 4: $bytes\n", tell($in), "\n";
close $in;
print join(' ', map { "$_=$lengths{$_}" } sort { $a <=> $b } keys %lengths), "\n";

rename "$work/folder/text", "$work/folder/renamed" or die "rename: $!";
symlink 'renamed', "$work/folder/link" or die "symlink: $!";
print readlink "$work/folder/link", "\n";
opendir(my $directory, "$work/folder") or die "opendir: $!";
print join(' ', sort grep { !/^\.\.?$/ } readdir $directory), "\n";
closedir $directory;
utime 1000, 2000, "$work/folder/renamed" or die "utime: $!";
print join(' ', (stat "$work/folder/link")[8, 9]), "\n";
print open($in, '<', "$work/none") ? "opened\n" : "open: $!\n";
print rmdir("$work/folder") ? "removed\n" : "rmdir: $!\n";
print unlink("$work/folder/link"), "\n";
