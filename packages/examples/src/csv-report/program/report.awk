# Reads the sorted groups and writes both reports.

BEGIN {
  FS = "\t"
  group_by = ENVIRON["GROUP_BY"]
  value = ENVIRON["VALUE"]
  json = "/out/report.json"
  text = "/out/report.txt"
  printf "{\"groupBy\":%s,\"value\":%s,\"groups\":[", quote(group_by), quote(value) > json
  printf "%-20s %8s %16s %14s %14s %14s\n", group_by, "count", "sum", "min", "max", "mean" > text
}

# Neither quotes nor backslashes nor control characters come this far.
function quote(s) {
  return "\"" s "\""
}

function absolute(n) {
  return n < 0 ? -n : n
}

# 1230 hundredths are "12.30".
function fixed(n,    size, cents) {
  size = absolute(n)
  cents = size % 100
  return sprintf("%s%.0f.%02.0f", n < 0 ? "-" : "", (size - cents) / 100, cents)
}

# Rounded half away from zero, in whole numbers.
function mean(total, n,    size, rest, whole) {
  size = absolute(total)
  rest = size % n
  whole = (size - rest) / n
  if (2 * rest >= n) whole += 1
  return total < 0 ? -whole : whole
}

function write(name, n, total, least, most) {
  printf "{\"name\":%s,\"count\":%.0f,\"sum\":\"%s\",\"min\":\"%s\",\"max\":\"%s\",\"mean\":\"%s\"}", \
    quote(name), n, fixed(total), fixed(least), fixed(most), fixed(mean(total, n)) > json
  printf "%-20s %8.0f %16s %14s %14s %14s\n", \
    name, n, fixed(total), fixed(least), fixed(most), fixed(mean(total, n)) > text
}

{
  if (NR > 1) printf "," > json
  write($1, $2 + 0, $3 + 0, $4 + 0, $5 + 0)
  if (NR == 1 || $4 + 0 < least) least = $4 + 0
  if (NR == 1 || $5 + 0 > most) most = $5 + 0
  rows += $2
  total += $3
}

END {
  printf "],\"all\":" > json
  if (NR == 0) printf "null" > json
  else write("all", rows, total, least, most)
  printf "}\n" > json
}
