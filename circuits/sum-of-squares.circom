pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";
include "lib/bound.circom";
include "lib/range.circom";

/*
 * SumOfSquares: S = 1 + 4 + 9 + ... + N^2, with N and S hidden from the chain.
 *
 * Public, in this order:
 *   inputCommitment   Poseidon(N, salt). The requester's input document names it.
 *   outputCommitment  Poseidon(S, salt). Whoever knows N and salt opens it to whom it likes.
 *   binding           see lib/bound.circom
 * Private: n, salt. Whoever proves knows both, hence S.
 *
 * Enforced: 0 <= N < 2^32; 6 S = N (N + 1) (2 N + 1), which is the sum: the product is a multiple of 6 below 2^98, so dividing by 6 in the
 *   field is dividing integers; both commitments are of the same salt.
 * Not enforced: that salt is random. A salt that is guessed lets anyone try every N.
 */
template SumOfSquares() {
    signal input binding;
    signal input n;
    signal input salt;
    signal output inputCommitment;
    signal output outputCommitment;

    component bound = Bound();
    bound.binding <== binding;
    component range = Below(32);
    range.in <== n;

    signal pair <== n * (n + 1);
    signal sum <== pair * (2 * n + 1) / 6;

    component input_ = Poseidon(2);
    input_.inputs[0] <== n;
    input_.inputs[1] <== salt;
    inputCommitment <== input_.out;
    component output_ = Poseidon(2);
    output_.inputs[0] <== sum;
    output_.inputs[1] <== salt;
    outputCommitment <== output_.out;
}
