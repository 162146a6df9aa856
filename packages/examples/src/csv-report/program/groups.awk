# Reads CSV files with a header line each; prints one line per group:
# name, count, sum, smallest, largest, separated by tabs. Amounts are counted in hundredths.
# Numbers are doubles here, exact up to 2^53: beyond 9e15 hundredths the program gives up.

BEGIN {
  FS = ","
  group_by = ENVIRON["GROUP_BY"]
  value = ENVIRON["VALUE"]
}

function fail(message) {
  printf "csv-report: %s:%d: %s\n", FILENAME, FNR, message > "/dev/stderr"
  failed = 1
  exit 2
}

# "-12.3" is -1230 hundredths.
function hundredths(text,    sign, digits, parts, fraction) {
  sign = 1
  digits = text
  if (substr(digits, 1, 1) == "-") {
    sign = -1
    digits = substr(digits, 2)
  }
  if (digits !~ /^[0-9]+(\.[0-9][0-9]?)?$/ || length(digits) > 15) fail("not an amount: " text)
  split(digits, parts, ".")
  fraction = substr(parts[2] "00", 1, 2)
  return sign * (parts[1] * 100 + fraction)
}

function too_large(n) {
  return n > 9e15 || n < -9e15
}

{ sub(/\r$/, "") }

/["\\]/ { fail("quotes and backslashes are not supported") }
/[\001-\010\011\013-\037\177]/ { fail("control characters are not supported") }

FNR == 1 {
  group_column = 0
  value_column = 0
  for (i = 1; i <= NF; i++) {
    if ($i == group_by) group_column = i
    if ($i == value) value_column = i
  }
  if (!group_column) fail("no column " group_by)
  if (!value_column) fail("no column " value)
  columns = NF
  next
}

$0 == "" { next }

{
  if (NF != columns) fail("expected " columns " fields, found " NF)
  name = $group_column
  amount = hundredths($value_column)
  if (!(name in count)) {
    smallest[name] = amount
    largest[name] = amount
  }
  count[name] += 1
  sum[name] += amount
  total += amount
  if (too_large(sum[name]) || too_large(total)) fail("the sum is too large")
  if (amount < smallest[name]) smallest[name] = amount
  if (amount > largest[name]) largest[name] = amount
}

END {
  if (failed) exit 2
  for (name in count) {
    printf "%s\t%.0f\t%.0f\t%.0f\t%.0f\n", name, count[name], sum[name], smallest[name], largest[name]
  }
}
