pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";

/*
 * MerkleRoot: root of a full binary tree of Poseidon over 2^depth leaves, whose places are their indices.
 *
 * Enforced: the root is that of these leaves in this order.
 * The caller must see to it that the depth is the same for prover and reader: leaves and inner nodes are both hashes of two, so that a tree of
 * another depth may have the same root.
 */
template MerkleRoot(depth) {
    signal input leaves[2 ** depth];
    signal output root;

    component node[2 ** depth - 1];
    // As in a heap: node i has the children 2i + 1 and 2i + 2, leaves come last.
    for (var i = 2 ** depth - 2; i >= 0; i--) {
        node[i] = Poseidon(2);
        for (var side = 0; side < 2; side++) {
            var child = 2 * i + 1 + side;
            if (child < 2 ** depth - 1) {
                node[i].inputs[side] <== node[child].out;
            } else {
                node[i].inputs[side] <== leaves[child - (2 ** depth - 1)];
            }
        }
    }
    root <== node[0].out;
}
