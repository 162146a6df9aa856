// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {DecoReceiver} from "../callback/DecoReceiver.sol";
import {ResultDocument} from "../callback/ResultDocument.sol";
import {IDecoMarket} from "../interfaces/IDecoMarket.sol";
import {Request} from "../types/Request.sol";

/// @title PriceIndex
/// @notice An index, of rents or energy or a basket of goods, that one fixed program computes off-chain from each period's data:
/// thousands of quotes, outliers dropped, weighted medians, far more than a block can hold. Contracts read it here.
/// @dev The owner chooses each period's data and pays; it cannot choose the program, nor write a value. Whoever doubts a value
/// runs the program on the input that the task names.
contract PriceIndex is DecoReceiver {
    using ResultDocument for bytes;
    using SafeERC20 for IERC20;

    /// @notice One value of the index, in the program's unit.
    struct Point {
        uint64 period;
        /// Second of its delivery.
        uint40 deliveredAt;
        uint152 value;
    }

    /// @notice Thrown when the caller is not the owner.
    error NotOwner(address caller);
    /// @notice Thrown when a request is not for this index: another program, a bag, or a callback elsewhere.
    error NotForThisIndex();
    /// @notice Thrown when a period has a value or is not later than the latest one.
    error PeriodPassed(uint64 period, uint64 latest);
    /// @notice Thrown when the program's answer is no value.
    error ValueOutOfRange(uint256 value);
    /// @notice Thrown when the latest value is older than the reader accepts, or there is none.
    error Stale(uint256 deliveredAt);

    event Asked(uint64 indexed period, bytes32 indexed taskId);
    event Published(uint64 indexed period, uint256 value);

    string private constant FILE = "index.txt";

    address public immutable owner;
    /// @notice SHA-256 of the program document.
    bytes32 public immutable program;

    mapping(bytes32 taskId => uint64) public periodOf;
    mapping(uint64 period => uint256 value) public valueOf;
    Point private _latest;

    constructor(IDecoMarket market_, uint256 minimumSecurity_, bytes32 program_)
        DecoReceiver(market_, minimumSecurity_)
    {
        owner = msg.sender;
        program = program_;
    }

    /// @notice Has a period's value computed. The escrow comes out of this contract's tokens, the posting fee out of its DECO.
    /// @param allowance Payment tokens that the market may take.
    /// @param feeAllowance DECO that the market may take for the posting fee, when the payment token is another.
    function ask(uint64 period, Request calldata request, uint256 allowance, uint256 feeAllowance)
        external
        returns (bytes32 taskId)
    {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        if (request.program != program || request.volume != 1 || request.callback != address(this)) {
            revert NotForThisIndex();
        }
        if (period <= _latest.period) revert PeriodPassed(period, _latest.period);
        if (feeAllowance != 0) IERC20(market.deco()).forceApprove(address(market), feeAllowance);
        IERC20(request.token).forceApprove(address(market), allowance);
        taskId = _post(request);
        periodOf[taskId] = period;
        emit Asked(period, taskId);
    }

    /// @notice The latest value; reverts rather than answer with an old one.
    /// @param maxAge Seconds since its delivery.
    function latest(uint256 maxAge) external view returns (uint64 period, uint256 value) {
        Point memory point = _latest;
        if (point.deliveredAt == 0 || block.timestamp > point.deliveredAt + maxAge) revert Stale(point.deliveredAt);
        return (point.period, point.value);
    }

    /// @notice Brings back refunds that wait in the market, and whatever tokens are left here.
    function drain(address token) external {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        uint256 waiting = market.balanceOf(token, address(this));
        if (waiting != 0) market.withdraw(token, waiting, owner);
        uint256 here = IERC20(token).balanceOf(address(this));
        if (here != 0) IERC20(token).safeTransfer(owner, here);
    }

    /// @dev A period's first value stays, and an older period's never replaces the latest.
    function _onResult(bytes32 taskId, bytes calldata document) internal override {
        uint64 period = periodOf[taskId];
        uint256 value = ResultDocument.onlyFile(document, FILE).toUint();
        if (value == 0 || value > type(uint152).max) revert ValueOutOfRange(value);
        if (valueOf[period] != 0) revert PeriodPassed(period, _latest.period);
        valueOf[period] = value;
        if (period > _latest.period) {
            _latest = Point({period: period, deliveredAt: uint40(block.timestamp), value: uint152(value)});
        }
        emit Published(period, value);
    }
}
