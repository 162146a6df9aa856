pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";

/*
 * Below: that a number is less than 2^bits.
 *
 * The caller must ensure bits <= 253: above, the bits of a number are not unique in the field.
 */
template Below(bits) {
    assert(bits <= 253);
    signal input in;
    component decomposed = Num2Bits(bits);
    decomposed.in <== in;
}
