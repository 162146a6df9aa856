pragma circom 2.2.0;

include "lib/range.circom";

/*
 * ArgMax: the place of the largest of n signed numbers; of equal ones the first.
 *
 * Enforced: exactly one place is chosen; its number exceeds each earlier one and is not below any later one.
 * The caller must ensure that any two numbers differ by less than 2^bits, and bits <= 250: then a difference of the wrong sign is a number near
 * the field's order, which has no such decomposition.
 */
template ArgMax(n, bits) {
    assert(bits <= 250);
    signal input in[n];
    signal output out;

    signal chosen[n];
    signal part[n];
    var place = 0;
    var largest = -1;
    // Only a proposal, everything about it is enforced below. Numbers are compared with 2^bits added, so that none is below zero.
    for (var i = 0; i < n; i++) {
        var shifted = in[i] + 2 ** bits;
        if (shifted > largest) {
            largest = shifted;
            place = i;
        }
    }

    var ones = 0;
    var index = 0;
    var best = 0;
    for (var i = 0; i < n; i++) {
        chosen[i] <-- i == place ? 1 : 0;
        chosen[i] * (chosen[i] - 1) === 0;
        ones += chosen[i];
        index += i * chosen[i];
        part[i] <== chosen[i] * in[i];
        best += part[i];
    }
    ones === 1;
    out <== index;

    component ahead[n];
    var later = 1;
    for (var i = 0; i < n; i++) {
        // One when the chosen place is behind i: then it must be larger, not only as large.
        later -= chosen[i];
        ahead[i] = Below(bits);
        ahead[i].in <== best - in[i] - later;
    }
}
