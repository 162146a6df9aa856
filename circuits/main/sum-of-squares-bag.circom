pragma circom 2.2.0;

include "../sum-of-squares-bag.circom";

component main {public [binding]} = SumOfSquaresBag(2);
