pragma circom 2.2.0;

include "circomlib/circuits/poseidon.circom";
include "lib/argmax.circom";
include "lib/bound.circom";
include "lib/neuron.circom";
include "lib/pack.circom";

/*
 * ModelCommitment: commitment to a network's weights and biases.
 *
 * Enforced: weights are in [0, 2^4), biases in [0, 2^12). They are packed 63 and 21 to a number, filled with zeroes; the first 16 numbers are
 * hashed, then that hash with the rest and the salt. The lengths are the circuit's, so that two models never share the text that is hashed.
 */
template ModelCommitment(weights, biases) {
    signal input weight[weights];
    signal input bias[biases];
    signal input salt;
    signal output out;

    var PER_WORD = 63;
    var BIASES_PER_WORD = 21;
    var weightWords = (weights + PER_WORD - 1) \ PER_WORD;
    var biasWords = (biases + BIASES_PER_WORD - 1) \ BIASES_PER_WORD;
    assert(weightWords >= 16);
    component packed[weightWords + biasWords];
    component first = Poseidon(16);
    component last = Poseidon(weightWords + biasWords - 16 + 2);
    for (var w = 0; w < weightWords; w++) {
        var count = w < weightWords - 1 ? PER_WORD : weights - w * PER_WORD;
        packed[w] = Pack(count, 4);
        for (var i = 0; i < count; i++) packed[w].in[i] <== weight[w * PER_WORD + i];
    }
    for (var w = 0; w < biasWords; w++) {
        var count = w < biasWords - 1 ? BIASES_PER_WORD : biases - w * BIASES_PER_WORD;
        packed[weightWords + w] = Pack(count, 12);
        for (var i = 0; i < count; i++) packed[weightWords + w].in[i] <== bias[w * BIASES_PER_WORD + i];
    }
    for (var w = 0; w < 16; w++) first.inputs[w] <== packed[w].out;
    last.inputs[0] <== first.out;
    for (var w = 16; w < weightWords + biasWords; w++) last.inputs[w - 15] <== packed[w].out;
    last.inputs[weightWords + biasWords - 15] <== salt;
    out <== last.out;
}

/*
 * DigitClassifier: the digit that a neural network of 64 inputs, 16 rectified hidden units and 10 outputs sees in an image of 8 by 8 pixels.
 *
 * Public, in this order:
 *   inputCommitment   Poseidon(model commitment, image, salt): which model is asked, and about what
 *   outputCommitment  the class, 0 to 9, itself: nothing about it is hidden
 *   binding           see lib/bound.circom
 * Private:
 *   image[64]         brightness of the pixels, 0 to 7, row by row. Committed as one number, 3 bits each, the first lowest.
 *   salt              of the image; the requester's
 *   weight[1184]      hidden units' weights, 64 for each, then the outputs', 16 for each; 0 to 15, standing for -8 to 7
 *   bias[26]          hidden units', then the outputs'; 0 to 4095, standing for -2048 to 2047
 *   modelSalt         of the model commitment (ModelCommitment above); the model's owner's
 * Whoever proves knows all of them: the model's owner, to whom the requester gives image and salt. The requester needs no more than the
 * model commitment, which the owner publishes.
 *
 * Enforced: each range above; hidden = max(0, weighted sum) / 8 rounded down; the class is the place of the largest output, of equal outputs the
 *   lowest; all of it in integers that cannot wrap around the field: a hidden sum is within 64 * 8 * 7 + 2048 < 2^13, a hidden unit
 *   below 2^10, an output within 16 * 8 * 2^10 + 2048 < 2^18, two outputs differ by less than 2^19.
 * Not enforced: that the model is any good, or that its owner uses one model for all; only that it is the one of the commitment. That the salts are
 *   random: without that an image can be found by trial. Answers teach something of a model to whoever asks often enough.
 */
template DigitClassifier() {
    var PIXELS = 64;
    var HIDDEN = 16;
    var CLASSES = 10;
    signal input binding;
    signal input image[PIXELS];
    signal input salt;
    signal input weight[PIXELS * HIDDEN + HIDDEN * CLASSES];
    signal input bias[HIDDEN + CLASSES];
    signal input modelSalt;
    signal output inputCommitment;
    signal output outputCommitment;

    component bound = Bound();
    bound.binding <== binding;

    component model = ModelCommitment(PIXELS * HIDDEN + HIDDEN * CLASSES, HIDDEN + CLASSES);
    model.weight <== weight;
    model.bias <== bias;
    model.salt <== modelSalt;
    component picture = Pack(PIXELS, 3);
    picture.in <== image;
    component committed = Poseidon(3);
    committed.inputs[0] <== model.out;
    committed.inputs[1] <== picture.out;
    committed.inputs[2] <== salt;
    inputCommitment <== committed.out;

    component sum[HIDDEN];
    component hidden[HIDDEN];
    for (var unit = 0; unit < HIDDEN; unit++) {
        sum[unit] = WeightedSum(PIXELS, 8, 2048);
        sum[unit].in <== image;
        for (var i = 0; i < PIXELS; i++) sum[unit].weight[i] <== weight[unit * PIXELS + i];
        sum[unit].bias <== bias[unit];
        hidden[unit] = Rectified(13, 3);
        hidden[unit].in <== sum[unit].out;
    }

    component score[CLASSES];
    component answer = ArgMax(CLASSES, 19);
    for (var class = 0; class < CLASSES; class++) {
        score[class] = WeightedSum(HIDDEN, 8, 2048);
        for (var unit = 0; unit < HIDDEN; unit++) {
            score[class].in[unit] <== hidden[unit].out;
            score[class].weight[unit] <== weight[PIXELS * HIDDEN + class * HIDDEN + unit];
        }
        score[class].bias <== bias[HIDDEN + class];
        answer.in[class] <== score[class].out;
    }
    outputCommitment <== answer.out;
}
