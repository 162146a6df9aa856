pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";
include "lib/bound.circom";
include "lib/range.circom";

/*
 * Cubic: y = x^3 + 5x + 9 for a hidden x.
 *
 * Public, in this order:
 *   inputCommitment   Poseidon(x, salt). The requester's input document names it.
 *   outputCommitment  y itself, as an integer: nothing about y is hidden.
 *   binding           see lib/bound.circom
 * Private: x, salt. Whoever proves knows both.
 *
 * Enforced: 0 <= x < 2^64, so y < 2^193 is an integer that did not wrap around the field; y belongs to the x of the commitment.
 * Not enforced: that salt is random. Without one x can be found by trial, and so it can from y: a cubic has an inverse. x stays hidden from
 *   a reader of the chain only in the sense of the statement: y is public, x is never written anywhere.
 */
template Cubic() {
    signal input binding;
    signal input x;
    signal input salt;
    signal output inputCommitment;
    signal output outputCommitment;

    component bound = Bound();
    bound.binding <== binding;
    component range = Below(64);
    range.in <== x;

    signal square <== x * x;
    signal cube <== square * x;
    outputCommitment <== cube + 5 * x + 9;

    component committed = Poseidon(2);
    committed.inputs[0] <== x;
    committed.inputs[1] <== salt;
    inputCommitment <== committed.out;
}
