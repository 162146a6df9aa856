pragma circom 2.2.0;

include "../cubic.circom";

component main {public [binding]} = Cubic();
