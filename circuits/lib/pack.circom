pragma circom 2.2.0;

include "lib/range.circom";

/*
 * Pack: n numbers of `bits` bits each as one number, the first in the lowest bits.
 *
 * Enforced: each number is in [0, 2^bits), so that no two lists pack into the same number.
 * The caller must ensure n * bits <= 253: above, two lists could be equal in the field.
 */
template Pack(n, bits) {
    assert(n * bits <= 253);
    signal input in[n];
    signal output out;

    component range[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        range[i] = Below(bits);
        range[i].in <== in[i];
        sum += in[i] * 2 ** (i * bits);
    }
    out <== sum;
}
