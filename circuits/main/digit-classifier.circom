pragma circom 2.2.0;

include "../digit-classifier.circom";

component main {public [binding]} = DigitClassifier();
