pragma circom 2.2.0;

include "lib/bound.circom";
include "lib/merkle.circom";
include "sum-of-squares.circom";

/*
 * SumOfSquaresBag: SumOfSquares for each item of a bag of 2^depth, one proof for all.
 *
 * Public, in this order:
 *   inputCommitment   root (lib/merkle.circom) over Poseidon(N, salt) of each item, in the items' order
 *   outputCommitment  root over Poseidon(S, salt) of each item, in the same order
 *   binding           see lib/bound.circom
 * Private: n[i], salt[i]. Whoever proves knows all of them. Who knows N and salt of one item opens that item by its path, and learns
 *   nothing of the others but hashes, as far as their salts are random.
 *
 * Enforced: what SumOfSquares enforces, for each item; that output i belongs to input i; the number of items, which is the depth's.
 * Not enforced: that salts are random, or differ. A bag that is not full is filled by its requester with items of its own, say N = 0 and fresh salts.
 */
template SumOfSquaresBag(depth) {
    signal input binding;
    signal input n[2 ** depth];
    signal input salt[2 ** depth];
    signal output inputCommitment;
    signal output outputCommitment;

    component bound = Bound();
    bound.binding <== binding;

    component inputs = MerkleRoot(depth);
    component outputs = MerkleRoot(depth);
    component item[2 ** depth];
    for (var i = 0; i < 2 ** depth; i++) {
        item[i] = SumOfSquares();
        item[i].binding <== binding;
        item[i].n <== n[i];
        item[i].salt <== salt[i];
        inputs.leaves[i] <== item[i].inputCommitment;
        outputs.leaves[i] <== item[i].outputCommitment;
    }
    inputCommitment <== inputs.root;
    outputCommitment <== outputs.root;
}
