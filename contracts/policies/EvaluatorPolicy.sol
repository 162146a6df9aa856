// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMarket} from "../interfaces/IDecoMarket.sol";
import {IProofPolicy, ProofContext} from "../interfaces/IProofPolicy.sol";
import {Opening} from "../types/Opening.sol";
import {Request} from "../types/Request.sol";

/// @title EvaluatorPolicy
/// @notice A judge policy whose judge is the account that each request names, in the manner of ERC-8183's evaluator: the one whom client
/// and provider of a job agreed on, a person, a court or the evaluator of another market's job.
/// @dev `policyData` is the evaluator's address. A provider that takes such a seat trusts that account; the request says which.
contract EvaluatorPolicy is IProofPolicy {
    /// @notice Thrown when somebody else than the evaluator of the request judges.
    error NotTheEvaluator(address caller, address evaluator);

    IDecoMarket public immutable market;

    constructor(IDecoMarket market_) {
        market = market_;
    }

    /// @inheritdoc IProofPolicy
    function kind() external pure returns (Kind) {
        return Kind.Judge;
    }

    /// @inheritdoc IProofPolicy
    function accepts(bytes32 policyData) external pure returns (bool) {
        return policyData != 0 && uint256(policyData) <= type(uint160).max;
    }

    /// @inheritdoc IProofPolicy
    function verify(ProofContext calldata, bytes32, bytes calldata) external pure returns (bool) {
        return false;
    }

    /// @notice Approves the work: the seat is paid.
    function complete(Request calldata request, uint32[] calldata roster, Opening calldata opening) external {
        _requireEvaluator(request);
        market.conclude(request, roster, opening);
    }

    /// @notice Finds the work wrong, or finds none: the seat loses its dissent share, the requester gets its money back.
    function reject(Request calldata request, uint32[] calldata roster) external {
        _requireEvaluator(request);
        market.conclude(request, roster, Opening({digest: 0, root: 0, document: ""}));
    }

    /// @notice Passes on the settlement fees that verdicts earned here. By anyone; they go to the treasury, as the fees of one
    /// evaluator cannot be told from those of another.
    function collect(address token) external {
        market.withdraw(token, market.balanceOf(token, address(this)), market.parameters().treasury());
    }

    function _requireEvaluator(Request calldata request) private view {
        address evaluator = address(uint160(uint256(request.policyData)));
        if (msg.sender != evaluator) revert NotTheEvaluator(msg.sender, evaluator);
    }
}
