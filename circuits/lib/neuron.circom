pragma circom 2.2.0;

include "circomlib/circuits/bitify.circom";

/*
 * WeightedSum: sum of in[i] * (weight[i] - weightOffset), plus bias - biasOffset. Weights and biases are written without a sign, as numbers from 0.
 *
 * Enforced: nothing about ranges; the caller's.
 */
template WeightedSum(n, weightOffset, biasOffset) {
    signal input in[n];
    signal input weight[n];
    signal input bias;
    signal output out;

    signal product[n];
    var sum = bias - biasOffset;
    for (var i = 0; i < n; i++) {
        product[i] <== in[i] * (weight[i] - weightOffset);
        sum += product[i];
    }
    out <== sum;
}

/*
 * Rectified: max(0, in) divided by 2^shift, rounded down.
 *
 * Enforced: -2^bits <= in < 2^bits, and that the output is that.
 * The caller must ensure bits <= 252.
 */
template Rectified(bits, shift) {
    assert(bits <= 252);
    signal input in;
    signal output out;

    component decomposed = Num2Bits(bits + 1);
    decomposed.in <== in + 2 ** bits;
    var quotient = 0;
    for (var i = shift; i < bits; i++) {
        quotient += decomposed.out[i] * 2 ** (i - shift);
    }
    // The highest bit is one for numbers from zero on.
    out <== decomposed.out[bits] * quotient;
}
